using System.Text;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class UsageEditorTests
{
    private const string Start = """{"id":"c","object":"chat.completion.chunk","created":1,"model":"r1","choices":[],"usage":""";

    [Theory]
    [InlineData("null", null)]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":0,"x":-1}""", null)]
    [InlineData("\"x\"", "null")]
    [InlineData("[]", "null")]
    [InlineData("""{"prompt_tokens":1e999,"completion_tokens":-5}""", "null")]
    [InlineData("""{"prompt_tokens":"5","completion_tokens":null}""", "null")]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":3,"total_tokens":9999999999999999999999}""",
        """{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}""")]
    public void Replace_WhatTypedClientsCannotRead_IsAnother(string usage, string? expected)
    {
        var other = UsageEditor.Replace(Encoding.UTF8.GetBytes(usage), UsageEditor.None);

        Assert.Equal(expected, other is null ? null : Encoding.UTF8.GetString(other));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":5,"completion_tokens":3}""", """{"prompt_tokens":5,"completion_tokens":3}""")]
    [InlineData("""{"prompt_tokens":5,"total_tokens":-1}""", """{"prompt_tokens":5,"completion_tokens":0,"total_tokens":5}""")]
    [InlineData("\"x\"", "null")]
    public void Chunk_WithAUsage_IsReadable(string usage, string expected)
    {
        var (log, _) = ChunkLog.Run(ChunkLog.Contract(), $"{Start}{usage}}}");

        Assert.EndsWith($"\"usage\":{expected}}}", Assert.Single(log.Chunks), StringComparison.Ordinal);
    }
}
