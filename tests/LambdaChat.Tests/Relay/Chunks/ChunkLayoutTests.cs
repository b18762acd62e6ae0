using System.Text;
using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class ChunkLayoutTests
{
    private const string Head = """{"id":"c","created":1,"model":"m","new":1,"choices":[{"index":0,"delta":{""";

    private static readonly string[] Records =
    [
        Head + """ "content":"a"},"finish_reason":null}]}""",
        Head + """ "role":"assistant","content":"b","tool_calls":[{"index":0}]},"logprobs":{"content":[]}}],"usage":{"prompt_tokens":1}}""",
        Head + """}}]}""",
        Head + """ "content":"a"}},{"index":1,"delta":{"reasoning":"b"},"finish_reason":"stop"}],"object":"o","error":null}""",
        Head + """ "function_call":{"name":"f"}},"message":{},"other":2}],"id":"d"}""",
        """{"id":"c","created":2,"model":"m","choices":[{"index":0,"delta":{"content":"a"}}]}""",
        """{"choices":[{"delta":{"content":"a"}}],"id":"c"}""",
        """{"choices":[{"delta":null},{"index":2,"delta":{"content":"a"}}]}""",
        """{"choices":[{"text":"a","index":0}],"id":"c"}""",
        """{"choices":[],"usage":{"prompt_tokens":1}}""",
        """{"choices":null}""",
        """{"token":{"id":1,"text":"a","special":true},"generated_text":null,"details":null}""",
        """{"token":{"id":1,"text":null},"token":{"text":"b","special":false}}""",
        "{}",
    ];

    [Fact]
    public void Read_AfterAnyOtherRecord_IsTheSame()
    {
        foreach (var (first, second) in Records.SelectMany(first => Records.Select(second => (first, second))))
        {
            var layout = new ChunkLayout();
            layout.Read(Encoding.UTF8.GetBytes(first));
            Assert.Equal(Describe(second), Describe(second, layout));
            Assert.Equal(Describe(second), Describe(second, layout));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"content\":\"a\"}}]")]
    [InlineData("\"content\":\"a\"}}]}}")]
    [InlineData("\"content\":\"a\"},\"delta\":{}}]}")]
    [InlineData("\"content\":\"a\"}}],\"choices\":[]}")]
    [InlineData("\"content\":\"a\"}},1]}")]
    [InlineData("\"content\":\"a}}]}")]
    [InlineData(",\"content\":\"a\"}}]}")]
    public void Read_DamagedRecordWithTheHeadOfAnother_Throws(string rest)
    {
        var layout = new ChunkLayout();
        Assert.ThrowsAny<JsonException>(() => layout.Read(Encoding.UTF8.GetBytes(Head + rest)));
        layout.Read(Encoding.UTF8.GetBytes(Records[0]));
        Assert.ThrowsAny<JsonException>(() => layout.Read(Encoding.UTF8.GetBytes(Head + rest)));
        Assert.Equal(Describe(Records[1]), Describe(Records[1], layout));
    }

    [Fact]
    public void Read_RecordsWithALongHead_IsTheSame()
    {
        var record = Records[0].Replace("\"c\"", $"\"{new string('c', 600)}\"", StringComparison.Ordinal);
        var layout = new ChunkLayout();
        Assert.Equal(Describe(record), Describe(record, layout));
        Assert.Equal(Describe(record), Describe(record, layout));
    }

    private static string Describe(string record, ChunkLayout? layout = null)
    {
        layout ??= new ChunkLayout();
        layout.Read(Encoding.UTF8.GetBytes(record));
        var text = new StringBuilder().Append(layout.Start).Append(' ').Append(layout.MemberCount).Append(layout.HasOthers)
            .Append(layout.MayBeDialect).Append(layout.IsChunk).Append(layout.Token.Exists).Append(layout.Token.IsSpecial);
        Append(
            text, layout.Id, layout.Object, layout.Created, layout.Model, layout.Choices, layout.Usage, layout.Error, layout.ErrorType,
            layout.Message, layout.Token.Text, layout.GeneratedText, layout.Details, layout.Detail, layout.Errors);
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            ref readonly var choice = ref layout.Choice(i);
            text.Append('\n').Append(choice.Start).Append(' ').Append(choice.End).Append(' ').Append(choice.MemberCount).Append(' ')
                .Append(choice.Index).Append(choice.HasOthers).Append(choice.HasLegacyCall);
            Append(
                text, choice.IndexMember, choice.FinishReason, choice.Logprobs, choice.Text, choice.Message, choice.Error, choice.Delta,
                choice.Role, choice.Content, choice.Reasoning, choice.ReasoningContent, choice.ToolCalls, choice.FunctionCall,
                choice.Refusal);
            Append(text.Append('|'), layout.DeltaMembers(choice));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, params ReadOnlySpan<JsonMember> members)
    {
        foreach (ref readonly var member in members)
        {
            text.Append(' ').Append(member.NameStart).Append('-').Append(member.ValueStart).Append('-').Append(member.ValueEnd)
                .Append(member.Type);
        }
    }
}
