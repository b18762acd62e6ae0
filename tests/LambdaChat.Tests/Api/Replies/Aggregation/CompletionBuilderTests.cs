using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Replies.Aggregation;

namespace LambdaChat.Tests.Api.Replies.Aggregation;

public sealed class CompletionBuilderTests
{
    [Fact]
    public void WriteTo_Chunks_GivesTheWholeCompletion()
    {
        var completion = Build(
            """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}""",
            Delta("""{"reasoning_content":"Let me"}"""),
            Delta("""{"reasoning_content":" see.\n\n"}"""),
            Delta("""{"content":"你好"}"""),
            Delta("""{"content":" \"x\" \/ \u4f60"}"""),
            Delta("""{"content":null}""", "\"stop\""),
            """{"id":"other","object":"chat.completion.chunk","created":8,"model":"r1","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"x":{"y":[3]}}}""");

        Assert.Equal(
            """{"id":"c1","object":"chat.completion","created":7,"model":"r1","choices":[{"index":0,"message":{"role":"assistant","content":"你好 \"x\" \/ \u4f60","reasoning_content":"Let me see.\n\n","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"x":{"y":[3]}}}""",
            completion);
    }

    [Theory]
    [InlineData("""{"reasoning":"a"}|{"reasoning":"b"}""", """{"role":"assistant","content":"","reasoning":"ab"}""")]
    [InlineData("""{"reasoning":"a","reasoning_content":"a"}|{"reasoning_content":"b","reasoning":"b"}""",
        """{"role":"assistant","content":"","reasoning_content":"ab","reasoning":"ab"}""")]
    [InlineData("""{"reasoning":"","reasoning_content":null}|{"content":"x"}""", """{"role":"assistant","content":"x"}""")]
    [InlineData("""{"role":"critic"}|{"role":null}|{"role":""}""", """{"role":"critic","content":""}""")]
    [InlineData("""{}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"content":"\ud83e"}|{"content":"\udd14"}""", """{"role":"assistant","content":"\ud83e\udd14"}""")]
    [InlineData("""{"function_call":{"name":"f","arguments":"{"}}|{"function_call":{"name":"","arguments":"}"}}|{"function_call":{"name":null}}""",
        """{"role":"assistant","content":null,"refusal":null,"function_call":{"name":"f","arguments":"{}"}}""")]
    [InlineData("""{"refusal":null}|{"content":"x","refusal":null}""", """{"role":"assistant","content":"x"}""")]
    [InlineData("""{"refusal":"I "}|{"refusal":"can't."}""", """{"role":"assistant","content":"","refusal":"I can't."}""")]
    public void Message_Deltas_AreJoined(string deltas, string expected) =>
        Assert.Equal(Complete(expected), Message(deltas.Split('|').Select(delta => Delta(delta))));

    [Fact]
    public void Message_SurrogatesOverTwoDeltas_IsOneCharacter() =>
        Assert.Equal("🤔",
            (string?)JsonNode.Parse(Message([Delta("""{"content":"\ud83e"}"""), Delta("""{"content":"\udd14"}""")]))!["content"]);

    [Fact]
    public void ToolCalls_InterleavedPieces_AreSeparated()
    {
        var message = Message([
            Delta("""{"role":"assistant","content":null}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"time","arguments":""}},{"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":"{"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":"\"city\": "}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"","type":"","function":{"name":"","arguments":"{}"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"\"上海\"}"}}]}"""),
            Delta("""{"tool_calls":null}""", "\"tool_calls\"")]);

        Assert.Equal(
            """{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"weather","arguments":"{\"city\": \"上海\"}"}},{"id":"b","type":"function","function":{"name":"time","arguments":"{}"}}],"annotations":[]}""",
            message);
    }

    [Theory]
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"1"}}]|[{"function":{"arguments":"2"}}]""",
        """[{"id":"a","type":"function","function":{"name":"f","arguments":"12"}}]""")]
    [InlineData("""[{"index":0,"id":"a","type":"custom","function":{"name":"f"}}]""",
        """[{"id":"a","type":"custom","function":{"name":"f","arguments":""}}]""")]
    [InlineData(
        """[{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}]|[{"index":0,"id":"a","function":{"name":"f","arguments":"2"}}]""", """[{"id":"a","type":"function","function":{"name":"f","arguments":"12"}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":null}]|[{"index":0,"function":{"name":"f","arguments":null,"x":[1]}}]""",
        """[{"id":"a","type":"function","function":{"name":"f","arguments":"","x":[1]}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":{"x": 1,"y":"\""}}}]""",
        """[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1,\"y\":\"\\\"\"}"}}]""")]
    public void ToolCalls_OfOtherServers_AreRead(string deltas, string expected)
    {
        var message = Message(deltas.Split('|').Select(calls => Delta($$"""{"tool_calls":{{calls}}}""")));

        Assert.Equal($$"""{"role":"assistant","content":null,"refusal":null,"tool_calls":{{expected}},"annotations":[]}""", message);
    }

    [Fact]
    public void ToolCalls_BesideText_KeepIt() =>
        Assert.StartsWith(
            """{"role":"assistant","content":"x","refusal":null,"tool_calls":[{"id":"a",""",
            Message([Delta("""{"content":"x"}"""),
                Delta("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}""")]),
            StringComparison.Ordinal);

    [Fact]
    public void Logprobs_OfAllChunks_AreJoined()
    {
        var completion = Build(
            Choice("""{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.10}],"refusal":null}}"""),
            Choice("""{"index":0,"delta":{"content":"b"},"logprobs":{"content":[ {"token":"b"} , {"token":"c"} ],"refusal":[]}}"""),
            Choice("""{"index":0,"delta":{},"logprobs":null}"""),
            Choice("""{"index":0,"delta":{},"logprobs":{"content":[],"refusal":[{"token":"r"}],"x":1}}"""),
            Choice("""{"index":0,"delta":{},"logprobs":{"content":[{"token":"]"}]},"finish_reason":"stop"}"""));

        Assert.Contains(
            ""","logprobs":{"content":[{"token":"a","logprob":-0.10},{"token":"b"} , {"token":"c"},{"token":"]"}],"refusal":[{"token":"r"}],"x":1},"finish_reason":"stop"}""",
            completion,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_OutOfOrder_AreSortedByIndex()
    {
        var completion = Build(
            Choice("""{"index":2,"delta":{"content":"c"},"finish_reason":"length"}"""),
            Choice("""{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}"""),
            Choice("""{"index":1,"delta":{"content":"B"},"finish_reason":"tool_calls"},{"index":0,"delta":{"content":"A"},"finish_reason":"stop"}"""),
            Choice("""{"index":0,"delta":{},"finish_reason":null}"""));

        Assert.Equal(
            [(0, "aA", "stop"), (1, "bB", "tool_calls"), (2, "c", "length")],
            JsonNode.Parse(completion)!["choices"]!.AsArray()
                .Select(choice => ((int)choice!["index"]!, (string)choice["message"]!["content"]!, (string)choice["finish_reason"]!)));
    }

    [Fact]
    public void Choice_WithoutFinishReason_IsWrittenAsNull() =>
        Assert.Contains("\"finish_reason\":null", Build(Delta("""{"content":"x"}""")), StringComparison.Ordinal);

    [Fact]
    public void Members_Unknown_AreKeptAtEveryLevel()
    {
        var completion = Build(
            """{"id":"c","created":7,"model":"r1","service_tier":null,"system_fingerprint":"a","prompt_token_ids":[1,2],"choices":[{"index":0,"stop_reason":null,"token_ids":[10],"delta":{"annotations":[{"x":1}],"audio":{"y":1},"\u0061\"b":1}}]}""",
            """{"id":"c","system_fingerprint":"b","prompt_token_ids":null,"timings":{"n": 1.0},"choices":[{"index":0,"stop_reason":151643,"token_ids":[ 11 ,12],"delta":{"annotations":[{"x":2}],"audio":{"y":2},"tool_calls":[{"index":0,"id":"t","x":[1],"function":{}}]}}]}""",
            """{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"x":[2]}]}}]}""");

        Assert.Equal(
            """{"id":"c","object":"chat.completion","created":7,"model":"r1","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"","arguments":""},"x":[1,2]}],"annotations":[{"x":1},{"x":2}],"audio":{"y":2},"a\"b":1},"logprobs":null,"finish_reason":null,"token_ids":[10,11 ,12],"stop_reason":151643}],"usage":null,"system_fingerprint":"b","prompt_token_ids":[1,2],"timings":{"n":1.0}}""",
            completion);
    }

    [Fact]
    public void Members_ThatChangeTheirKind_AreTheLastOne() =>
        Assert.EndsWith(
            ""","a":1,"b":[2],"c":[]}""",
            Build("""{"id":"c","created":7,"model":"r1","a":[1],"b":1,"c":[],"choices":[]}""", """{"a":1,"b":[2],"c":[ ],"choices":[]}"""),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(
        """{"audio":{"id":"a","data":"AA","transcript":"Hel"}}|{"audio":{"id":"a","data":"BB","transcript":"lo","expires_at":1}}|{"audio":{"expires_at":2}}""", """audio":{"id":"a","data":"AABB","transcript":"Hello","expires_at":2}""")]
    [InlineData("""{"note":"wh"}|{"note":"y"}|{"note":null}""", """note":"why" """)]
    [InlineData("""{"x":{"type":"a","name":"b","index":1,"text":"c"}}|{"x":{"type":"a","name":"b","index":2,"text":"d"}}""",
        """x":{"type":"a","name":"b","index":2,"text":"cd"}""")]
    [InlineData("""{"x":{"y":{"z":"\ud83e"}}}|{"x":{"y":{"z":"\udd14","l":[1]}}}|{"x":{"y":{"l":[2]}}}""",
        """x":{"y":{"z":"\ud83e\udd14","l":[1,2]}}""")]
    [InlineData("""{"x":"a"}|{"x":[1]}|{"x":{"y":"b"}}|{"x":"c"}""", """x":"c" """)]
    public void MessageMembers_Unknown_AreJoinedAsTheSdksDo(string deltas, string expected) =>
        Assert.Contains($",\"{expected.Trim()},", Message(deltas.Split('|').Select(delta => Delta(delta))), StringComparison.Ordinal);

    [Fact]
    public void FunctionCall_InPieces_IsJoinedAndHasNoContent() =>
        Assert.Equal(
            """{"role":"assistant","content":null,"refusal":null,"function_call":{"name":"f","arguments":"{\"a\":1}"},"annotations":[]}""",
            Message([Delta("""{"content":null,"function_call":{"name":"f","arguments":""}}"""),
                Delta("""{"function_call":{"name":"f","arguments":"{\"a\":"}}"""), Delta("""{"function_call":{"arguments":"1}"}}""")]));

    [Fact]
    public void ReplyMembers_TextsThatRepeat_AreNotAppended()
    {
        var completion = Build(
            """{"id":"c","created":7,"model":"r1","system_fingerprint":"f","metadata":{"a":"x","n":1},"choices":[{"index":0,"stop_reason":"s","delta":{}}]}""",
            """{"id":"c","system_fingerprint":"f","metadata":{"a":"x","m":2},"choices":[{"index":0,"stop_reason":"s","delta":{}}]}""");

        Assert.EndsWith(""","stop_reason":"s"}],"usage":null,"system_fingerprint":"f","metadata":{"a":"x","n":1,"m":2}}""", completion,
            StringComparison.Ordinal);
    }

    // With the members that each message has.
    private static string Complete(string message) =>
        (message.Contains("\"refusal\"", StringComparison.Ordinal) ? message[..^1] : message[..^1] + ",\"refusal\":null") +
            ",\"annotations\":[]}";

    private static string Message(IEnumerable<string> chunks)
    {
        var completion = Build([.. chunks]);
        var start = completion.IndexOf("\"message\":", StringComparison.Ordinal) + 10;
        return completion[start..completion.LastIndexOf(",\"logprobs\":", StringComparison.Ordinal)];
    }

    private static string Build(params string[] chunks)
    {
        var builder = new CompletionBuilder();
        Assert.All(chunks, chunk => Assert.True(builder.Write(Encoding.UTF8.GetBytes(chunk))));
        var output = new ArrayBufferWriter<byte>();
        builder.WriteTo(output);
        JsonNode.Parse(output.WrittenSpan);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Choice(string choices) =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":7,"model":"r1","choices":[{{choices}}]}""";

    private static string Delta(string delta, string finish = "null") =>
        Choice($$"""{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}""");
}
