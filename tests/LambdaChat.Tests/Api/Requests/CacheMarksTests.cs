using System.Text;
using LambdaChat.Api.Requests;

namespace LambdaChat.Tests.Api.Requests;

public sealed class CacheMarksTests
{
    private const string Mark = """
        "cache_control":{"type":"ephemeral"}
        """;

    [Theory]
    [InlineData("""{"role":"user","content":"a",MARK}""", """{"role":"user","content":"a"}""")]
    [InlineData("""{MARK,"role":"user","content":"a"}""", """{"role":"user","content":"a"}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a",MARK}]}""", """{"role":"user","content":"a"}""")]
    [InlineData("""{"content":[{MARK,"text":"a\"b","type":"text"}],"role":"system"}""", """{"content":"a\"b","role":"system"}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a"},{"type":"text",MARK,"text":"b"}]}""",
        """{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"},MARK}]}""",
        """{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}""")]
    [InlineData("""{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"",MARK}],MARK}""",
        """{"role":"tool","tool_call_id":"c","content":""}""")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"}]},{"role":"user","content":"c",MARK}""",
        """{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}""")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":"a","annotations":[],MARK}]}""",
        """{"role":"user","content":[{"type":"text","text":"a","annotations":[]}]}""")]
    public void Remove_MarksInMessages_LeavesTheTexts(string messages, string expected)
    {
        var body = Of(messages.Replace("MARK", Mark, StringComparison.Ordinal));

        Assert.Equal(Of(expected), Remove(body));
        Assert.Equal(Of(expected), Remove(Remove(body)));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"\"cache_control\":1"}],"x":1}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}],"tools":[{"function":{"parameters":{"properties":{"cache_control":{}}}}}]}""")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"x":{"cache_control":{}}}]}]}""")]
    [InlineData("""{"messages":[1,{"role":"user","content":"a","cache_control":{}}]}""")]
    [InlineData("""{"messages":{"cache_control":{}}}""")]
    [InlineData("""{"cache_control":{}}""")]
    [InlineData("""["cache_control",{"cache_control":1}]""")]
    public void Remove_NoMarkInMessages_LeavesTheBody(string body) => Assert.Equal(body, Remove(body));

    private static string Of(string messages) => $$"""{"model":"m","messages":[{{messages}}],"cache_control":{"type":"x"},"stream":true}""";

    private static string Remove(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return Encoding.UTF8.GetString(bytes.AsSpan(0, CacheMarks.Remove(bytes)));
    }
}
