using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Tests.Recordings;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay;

// Continuations of real model servers. The client has received one piece more of the first reply than the text that they continued.
public sealed partial class ReplyContinuationTests
{
    [Theory]
    [InlineData("vllm-0.32/chat-continue-at-word", "The sky is blue because", " a")]
    [InlineData("vllm-0.32/chat-continue", "The sky is blue because air sc", "at")]
    [InlineData("vllm-0.32/chat-continue-zh", "你好！", "我")]
    [InlineData("vllm-0.32/chat-continue-cut-usage", "The sky is blue because air sc", "at")]
    [InlineData("vllm-0.32/chat-continue-echo", "Hello! How can", " I")] // It repeats the whole message.
    [InlineData("llama.cpp-b11549/chat-prefill-word", "Four lines, far and down on the old", " t")]
    [InlineData("llama.cpp-b11549/chat-continue-content", "Four lines, far and down on the old", " t")]
    [InlineData("sglang-0.5.23/chat-prefill-continue-final", "Four lines, far and down on the old", " t")] // As thinking.
    public async Task Continuation_OfARealServer_IsJoined(string recording, string kept, string behind)
    {
        var (stream, text) = Read(recording);
        var calls = new ScriptedCalls(new(Role + Text(kept, behind), Broken), new(stream));

        Assert.Null((await RunAsync(calls)).Failure);

        Assert.Equal(kept, _kept[0].Sent[.._kept[0].Joint]);
        Assert.Equal(text.StartsWith(kept, StringComparison.Ordinal) ? text : kept + text, _writer.Answer);
        Assert.Equal((1, ""), (_writer.Roles, _writer.Thinking));
    }

    [Theory]
    [InlineData("vllm-0.32/chat-continue-thinking-by-tag", "Rayleigh scattering:", " short")]
    [InlineData("llama.cpp-b11549/chat-continue-reasoning", "A poem", " of")]
    [InlineData("llama.cpp-b11549/chat-prefill-in-reasoning", "A poem", " of")]
    public async Task Thinking_OfARealServer_IsJoined(string recording, string kept, string behind)
    {
        var calls = new ScriptedCalls(new(Role + Thinking(kept, behind), Broken), new(Read(recording).Stream));

        Assert.Null((await RunAsync(calls, continuesThinking: true)).Failure);

        Assert.StartsWith(kept + behind, _writer.Thinking, StringComparison.Ordinal);
        Assert.Equal("stop", _writer.Finish);
    }

    // These servers begin a new turn.
    [Theory]
    [InlineData("sglang-0.5.23/chat-prefill-word")]
    [InlineData("mlx-lm-0.32.2/chat-prefill-continue-final")]
    [InlineData("mlx-lm-0.32.2/chat-prefill-word")]
    [InlineData("llama-cpp-python-0.3.36/chat-prefill-continue-final")]
    [InlineData("transformers-serve-5.24.0/chat-prefill-word")]
    public async Task NewTurn_OfARealServer_IsNotSent(string recording)
    {
        var stream = Read(recording).Stream;
        var calls = new ScriptedCalls(
            new(Role + Text("Four lines, far and down on the old", " tin"), Broken), new(stream), new(stream));

        Assert.Equal(FailureKind.StreamBroken, (await RunAsync(calls)).Failure?.Kind);

        Assert.Equal(("", "Four lines, far and down on the old tin"), (_writer.Thinking, _writer.Answer));
    }

    // The stream, and its text in any field.
    private static (string Stream, string Text) Read(string name)
    {
        var stream = Encoding.UTF8.GetString(new Recording($"Recordings/{name}.stream.sse").Bytes);
        var deltas = stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line[6..])!["choices"]!.AsArray().FirstOrDefault()?["delta"]);
        return (stream, string.Concat(deltas.Select(delta => (string?)delta?["content"] ?? (string?)delta?["reasoning_content"])));
    }
}
