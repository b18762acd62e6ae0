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
