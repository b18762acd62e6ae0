using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// The scripted model as vLLM serves a model with a small context and without images: it refuses longer requests, and images, in vLLM's
/// words. It counts a token for four bytes, and not more of them than it needs to refuse the request.
/// </summary>
internal sealed class SmallServer(IModelServer server, int limit) : IModelServer
{
    public string Description => server.Description;

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken) =>
        Refusal(request) is { } message ? Task.FromResult(ContainerReply.Refuse(message)) : server.ReplyAsync(request, cancellationToken);

    private string? Refusal(EmulatorRequest request)
    {
        var length = request.Root.ToJsonString().Length;
        var output = (int?)request.Root["max_tokens"] ?? 1;
        var tokens = Math.Min(length / 4, limit - output + 1);
        return HasImage(request) ? "small is not a multimodal model"
            : output > limit
            ? $"max_tokens={output} cannot be greater than max_model_len=max_total_tokens={limit}. Please request fewer output tokens."
            : tokens + output > limit
            ? $"This model's maximum context length is {limit} tokens. However, you requested {output} output tokens and your prompt "
                + $"contains at least {tokens} input tokens, for a total of at least {tokens + output} tokens. Please reduce the length "
                + $"of the input prompt or the number of requested output tokens. (parameter=input_tokens, value={tokens})"
            : null;
    }

    private static bool HasImage(EmulatorRequest request) =>
        request.Root["messages"]!.AsArray().Select(static message => message!["content"]).OfType<JsonArray>()
            .SelectMany(static content => content).Any(static part => (string?)part!["type"] == "image_url");
}
