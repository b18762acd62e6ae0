using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Dialects;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker;

/// <summary>The HTTP response of the model server behind the endpoint.</summary>
/// <param name="Writes">The body in the pieces that the server writes.</param>
internal sealed record ContainerReply(int Status, string ContentType, IAsyncEnumerable<byte[]> Writes)
{
    /// <summary>The format of failures inside the body.</summary>
    public Dialect Dialect { get; init; } = DialectCatalog.Default;

    public static ContainerReply Whole(int status, string contentType, string body) =>
        new(status, contentType, new[] { Encoding.UTF8.GetBytes(body) }.ToAsyncEnumerable());

    /// <summary>vLLM's response to a request that it cannot process.</summary>
    public static ContainerReply Refuse(string message)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = "BadRequestError", ["param"] = null, ["code"] = 400 };
        return Whole(400, "application/json", new JsonObject { ["error"] = error }.ToText());
    }

    public async Task<string> ReadAllAsync(CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        await foreach (var write in Writes.WithCancellation(cancellationToken))
        {
            body.AddRange(write);
        }

        return Encoding.UTF8.GetString([.. body]);
    }
}
