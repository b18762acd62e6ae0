using System.Text;
using LambdaChat.Api.Completions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Tests.Api;

/// <summary>The body of a call that continues a text completion.</summary>
public sealed class ContinuedPromptTests
{
    private static readonly Model Model = new("r1", [new Target("e", null, null, "eu-west-1")
    {
        Continuation = new TargetContinuation(ContinuationMode.Vllm, ContinuesThinking: false),
    }], "m");

    [Fact]
    public void Text_SoFar_FollowsThePrompt() =>
        Assert.Equal("""{"prompt":"Say: \"It is","model":"m","max_tokens":3}""",
            Create("""{"model":"r1","prompt":"Say: \"","max_tokens":10}""", "It is"));

    [Theory]
    [InlineData("\"prompt\":[\"a\"]")]
    [InlineData("\"prompt\":[1,2]")]
    [InlineData("\"prompt\":\"a\",\"echo\":true")]
    [InlineData("\"prompt\":\"a\",\"logprobs\":1")]
    [InlineData("\"prompt\":\"a\",\"suffix\":\"b\"")]
    public void Request_ThatCannotBeContinued_HasNoBody(string members) => Assert.Null(Create($"{{{members}}}", "It is"));

    private static string? Create(string request, string answer)
    {
        var kept = new KeptText(answer, answer.Length)
        {
            Thinking = [],
            Answer = Encoding.UTF8.GetBytes(answer),
            IsInThinking = false,
            Tokens = 7,
            PromptTokens = 0,
            ThinkingTokens = 0,
        };
        var json = RequestJson.TryParse(Encoding.UTF8.GetBytes(request))!;
        return ContinuedPrompt.Prepare(json, Model, forcesUsage: false)?.Invoke(ContinuationMode.Vllm, kept) is { } pieces
            ? string.Concat(pieces.Select(piece => Encoding.UTF8.GetString(piece.Span)))
            : null;
    }
}
