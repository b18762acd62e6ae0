using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Dialects;

namespace LambdaChat.Local.SageMaker;

/// <summary>What the model server behind the endpoint answers.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="ContentType">Its content type.</param>
/// <param name="Writes">Its body, write by write.</param>
internal sealed record ContainerReply(int Status, string ContentType, IAsyncEnumerable<byte[]> Writes)
{
    /// <summary>How the server would tell of a failure in the middle of the body.</summary>
    public Dialect Dialect { get; init; } = DialectCatalog.Default;

    public static ContainerReply Whole(int status, string contentType, string body) =>
        new(status, contentType, new[] { Encoding.UTF8.GetBytes(body) }.ToAsyncEnumerable());

    /// <summary>What vLLM answers to a request that it cannot serve.</summary>
    public static ContainerReply Refuse(string message)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = "BadRequestError", ["param"] = null, ["code"] = 400 };
        return Whole(400, "application/json", new JsonObject { ["error"] = error }.ToText());
    }
}
