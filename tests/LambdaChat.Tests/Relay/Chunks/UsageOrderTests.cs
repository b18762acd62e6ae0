using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Models;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The usage comes after all texts, also in the chunk of another choice.</summary>
public sealed class UsageOrderTests
{
    /// <summary>The usage is in the chunk of another choice than the text that waits, or of several.</summary>
    [Theory]
    [InlineData("""{0,"<th",stop}""", """{1,"b",stop}U""")]
    [InlineData("""{0,"<th",stop}""", """{1,"",stop}U""")]
    [InlineData("""{0,"<th",stop}{1,"b",stop}U""")]
    [InlineData("""{0,"a",stop}{1,"<th",stop}U""")]
    [InlineData("""{1,"<th",stop}{0,"<th",stop}U""")]
    [InlineData("""{1,"<th",stop}""", """{1,"",null}{0,"b",stop}U""")]
    [InlineData("""{1,"<th",null}""", """{0,"a",stop}{1,"b",stop}U""")]
    [InlineData("""{1,"<th",null}""", """{0,"a",stop}{1,"",stop}U""")]
    public void TextLikeATag_OfAnotherChoice_PrecedesTheUsage(params string[] chunks)
    {
        foreach (var isFirst in (bool[])[false, true])
        {
            var records = chunks.Select(chunk => Expand(chunk, isFirst)).Append("[DONE]");
            var (log, failure, _) = BytesReply.OfAnyCut(
                ChunkLog.Contract(choices: 2), string.Concat(records.Select(record => $"data: {record}\n\n")));

            Assert.Null(failure);
            Assert.Contains("<th", log.Text("content") + log.Text("content", 1), StringComparison.Ordinal);
            var usage = log.Chunks.FindIndex(chunk => chunk.Contains("\"usage\":{", StringComparison.Ordinal));
            Assert.Equal(usage, log.Chunks.FindLastIndex(chunk => chunk.Contains("\"usage\":{", StringComparison.Ordinal)));
            Assert.DoesNotContain(log.Chunks.Skip(usage + 1), chunk => chunk.Contains("\"content\":\"", StringComparison.Ordinal));
            Assert.Equal(2, log.Chunks.Count(chunk => chunk.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal)));
        }
    }

    /// <summary>The finish reason of a choice without text waits, because an error may follow. The usage waits for it.</summary>
    [Theory]
    [InlineData(1, "stop usage 3", """{0,"",null}""", """{0,"",stop}""", "U")]
    [InlineData(1, "stop usage 3", """{0,"",stop}""", "U", "U")]
    [InlineData(1, "stop usage 3", """{0,"",null}""", """{0,"",stop}U""")]
    [InlineData(1, "stop usage 3 usage 3", """{0,"",stop}U""", "U")]
    [InlineData(2, "stop stop usage 3", """{0,"a",stop}""", """{1,"",stop}""", "U")]
    [InlineData(2, "stop stop usage 3", """{0,"",stop}""", """{1,"a",stop}""", "U")]
    [InlineData(2, "stop stop usage 3", """{0,"",stop}""", """{1,"a",stop}U""")]
    [InlineData(2, "usage 3 stop stop usage 3", """{0,"",stop}U""", """{1,"",stop}U""")]
    [InlineData(2, "stop stop usage 3", """{0,"a",stop}{1,"",stop}""", "U")]
    public void Usage_AfterAChoiceWithoutText_ComesLast(int choices, string expected, params string[] chunks)
    {
        foreach (var isFirst in (bool[])[false, true])
        {
            var records = chunks.Select(chunk => Expand(chunk, isFirst)).Append("[DONE]");
            foreach (var reasoning in (ReasoningOutput[])[ReasoningOutput.ReasoningContent, ReasoningOutput.Hidden])
            {
                var (log, failure, _) = BytesReply.OfAnyCut(
                    ChunkLog.Contract(reasoning, choices: choices), string.Concat(records.Select(record => $"data: {record}\n\n")));

                Assert.Null(failure);
                Assert.Equal(expected, string.Join(' ', log.Chunks.Select(Describe).Where(text => text.Length > 0)));
            }
        }
    }

    [Fact]
    public void Usage_ThatWaits_PrecedesAnError()
    {
        var records = string.Concat(
            ((string[])["""{0,"",stop}""", "U"]).Select(chunk => $"data: {Expand(chunk, isFirst: false)}\n\n"));
        var (log, failure, _) = BytesReply.OfAnyCut(ChunkLog.Contract(), records + "data: {\"error\":{\"message\":\"m\"}}\n\n");

        Assert.NotNull(failure);
        Assert.Equal(["", "usage 3"], log.Chunks.Select(Describe));
    }

    /// <summary>The chunk with the finish reason and the usage stays whole if the end is late. Its text is sent before.</summary>
    [Theory]
    [InlineData("""{0,"",stop}U""", "", "stop usage 3")]
    [InlineData("""{0,"b",stop}U""", "b", "stop usage 3")]
    [InlineData("""{0,"b",stop}""", "b", "stop")]
    public void LateEnd_AfterTheUsage_KeepsItWithTheFinishReason(string last, string text, string end)
    {
        foreach (var isFirst in (bool[])[false, true])
        {
            var log = new ChunkLog();
            var translation = new Translation(ChunkLog.Contract(), log);
            translation.TryEdit(Encoding.UTF8.GetBytes(Expand("""{0,"a",null}""", isFirst)));
            translation.TryEdit(Encoding.UTF8.GetBytes(Expand(last, isFirst)));

            translation.SendHeldContent();
            translation.SendHeldContent();

            Assert.Equal("a" + text, log.Text("content"));
            Assert.All(log.Chunks, chunk => Assert.Empty(Describe(chunk)));
            Assert.Null(translation.End());
            Assert.Equal("a" + text, log.Text("content"));
            Assert.Equal(end, string.Concat(log.Chunks.Select(Describe)));
        }
    }

    /// <summary>More text withdraws a finish reason. The usage in its chunk is not lost.</summary>
    [Fact]
    public void Usage_OfAWithdrawnFinish_IsSent()
    {
        var (log, _) = ChunkLog.Run(
            ChunkLog.Contract(), Expand("""{0,"a",stop}U""", isFirst: true), Expand("""{0,"b",null}""", isFirst: true));

        Assert.Equal(["usage 3", ""], log.Chunks.Select(Describe));
        Assert.Equal("ab", log.Text("content"));
    }

    /// <summary>The usage of a chunk with several choices comes with the last one, also if this has nothing else.</summary>
    [Theory]
    [InlineData("""{0,"a",stop}{1,"",null}U""", """{1,"b",stop}""")]
    [InlineData("""{0,"<th",stop}{1,"",null}U""", """{1,"b",stop}""")]
    public void Usage_OfSeveralChoices_IsNotLostWithAnEmptyDelta(params string[] chunks)
    {
        foreach (var isFirst in (bool[])[false, true])
        {
            var records = chunks.Select(chunk => Expand(chunk, isFirst))
                .Select(chunk => chunk.Replace("\"\"", "\"\",\"role\":\"assistant\"", StringComparison.Ordinal))
                .Prepend(Expand("""{0,"",null}{1,"",null}""", isFirst)).Append("[DONE]");
            var (log, failure, _) = BytesReply.OfAnyCut(
                ChunkLog.Contract(choices: 2), string.Concat(records.Select(record => $"data: {record}\n\n")));

            Assert.Null(failure);
            Assert.Single(log.Chunks, chunk => Describe(chunk).Contains("usage", StringComparison.Ordinal));
        }
    }

    // The finish reason and the completion tokens of a chunk.
    private static string Describe(string chunk)
    {
        var json = JsonNode.Parse(chunk)!;
        var reasons = json["choices"]!.AsArray().Select(choice => (string?)choice!["finish_reason"]).OfType<string>();
        return string.Join(' ', json["usage"] is { } usage ? reasons.Append($"usage {usage["total_tokens"]}") : reasons);
    }

    // {0,"a",stop} is a choice with its index, content and finish reason, and U the usage, before or behind the choices.
    private static string Expand(string chunk, bool isFirst)
    {
        const string Usage = "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}";
        var choices = chunk.Split(['{', '}'], StringSplitOptions.RemoveEmptyEntries).Where(part => part != "U").Select(Choice);
        var members = new List<string> { $"\"choices\":[{string.Join(',', choices)}]" };
        if (chunk.EndsWith('U'))
        {
            members.Insert(isFirst ? 0 : 1, Usage);
        }

        return $"{{\"id\":\"c\",{string.Join(',', members)}}}";
    }

    private static string Choice(string text)
    {
        var parts = text.Split(',');
        var reason = parts[2] == "null" ? "null" : $"\"{parts[2]}\"";
        return $$$"""{"index":{{{parts[0]}}},"delta":{"content":{{{parts[1]}}}},"finish_reason":{{{reason}}}}""";
    }
}
