using System.Text;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Requests;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>
/// A model server whose replies are as long as the request's <c>max_tokens</c>, in tokens of about 1,600 bytes: with the log probabilities
/// of 20 tokens each, or as embeddings.
/// </summary>
internal sealed class LargeReplyServer : IModelServer
{
    private const string Token = "{\"token\":\" word\",\"logprob\":-1.2345678,\"bytes\":[32,119,111,114,100]}";

    public string Description => "large replies";

    public Task<ContainerReply> ReplyAsync(EmulatorRequest request, CancellationToken cancellationToken)
    {
        var tokens = (int?)request.Root["max_tokens"] ?? (int?)request.Root["dimensions"] ?? 1;
        var body = request.Kind == BodyKind.Embedding ? Embeddings(tokens) : Completion(tokens);
        return Task.FromResult(new ContainerReply(200, "application/json", body.Chunk(1024 * 1024).ToAsyncEnumerable()));
    }

    private static byte[] Completion(int tokens)
    {
        var top = string.Join(',', Enumerable.Repeat(Token, 20));
        var logprobs = string.Join(',', Enumerable.Repeat($"{Token[..^1]},\"top_logprobs\":[{top}]}}", tokens));
        return Encoding.UTF8.GetBytes(
            $$$"""{"id":"c1","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"logprobs":{"content":[{{{logprobs}}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":{{{tokens}}},"total_tokens":{{{tokens + 5}}}}}""");
    }

    private static byte[] Embeddings(int tokens)
    {
        var numbers = string.Join(',', Enumerable.Repeat("-0.012345678", 128));
        var items = string.Join(',', Enumerable.Repeat($"{{\"object\":\"embedding\",\"index\":0,\"embedding\":[{numbers}]}}", tokens));
        return Encoding.UTF8.GetBytes($$$"""{"object":"list","model":"m","data":[{{{items}}}],"usage":{"prompt_tokens":{{{tokens}}}}}""");
    }
}
