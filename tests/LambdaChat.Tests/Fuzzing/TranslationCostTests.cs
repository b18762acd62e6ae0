using System.Text;
using System.Text.Json;
using LambdaChat.Api.AgUi.Requests;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Api.UiMessages.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>
/// The translation of a request of another API costs memory in proportion to the request. Counted by the allocated bytes, for the worst
/// requests that are found, of two lengths.
/// </summary>
public sealed class TranslationCostTests
{
    private const int Small = 64 * 1024;
    private const int Times = 4;
    private const int PerByte = 120; // Bytes that one of the request may allocate, most of them for a short time.

    [Theory]
    [InlineData("""{"id":"a","function":{"name":"f"} },""", """{"threadId":"t","runId":"r","messages":[{"role":"assistant","toolCalls":[REPEAT]},{"role":"tool","toolCallId":"a","content":"TEXT"}]}""")]
    [InlineData("""{"role":"assistant","toolCalls":[{"id":"a","function":{"name":"f"} }]},""", """{"threadId":"t","runId":"r","messages":[REPEAT,{"role":"tool","toolCallId":"a","content":"TEXT"}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"document","source":{"type":"data","value":"AAAAAAAA","mimeType":"text/plain"} }]},""", """{"threadId":"t","runId":"r","messages":[REPEAT]}""")]
    [InlineData("""{"value":{} },""", """{"threadId":"t","runId":"r","context":[REPEAT],"messages":[]}""")]
    public void AgUi_CostsInProportion(string repeated, string body) =>
        AssertInProportion(repeated, body, json => new AgUiRequest(json).ToChat());

    [Theory]
    [InlineData("""{"type":"tool-f","toolCallId":"a","input":{},"state":"output-available"},""", """{"messages":[{"role":"assistant","parts":[REPEAT]}]}""")]
    [InlineData("1,", """{"messages":[{"role":"assistant","parts":[{"type":"steering-message","parts":[REPEAT]}]}]}""")]
    [InlineData("{},", """{"messages":[{"role":"assistant","parts":[{"type":"steering-message","parts":[REPEAT]}]}]}""")]
    [InlineData("""{"type":"file","url":"data:text/plain,%01%01%01%01%01%01","filename":"a"},""", """{"messages":[{"role":"user","parts":[REPEAT]}]}""")]
    public void UiMessages_CostInProportion(string repeated, string body) =>
        AssertInProportion(repeated, body, json => new UiMessagesRequest(json).ToChat());

    [Theory]
    [InlineData("""{"type":"reasoning","content":[]},""", """{"input":[REPEAT]}""")]
    [InlineData("{},", """{"input":[{"type":"reasoning","content":[REPEAT]}]}""")]
    [InlineData("""{"type":"custom_tool_call","call_id":"a","name":"f","input":"\"\"\"\"\"\""},""", """{"input":[REPEAT]}""")]
    [InlineData("""{"role":"developer","content":[{"type":"input_text","text":"a"}]},""", """{"input":[REPEAT]}""")]
    [InlineData("{},", """{"input":"x","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[REPEAT]}}""")]
    public void Responses_CostInProportion(string repeated, string body) =>
        AssertInProportion(repeated, body, Responses);

    [Theory]
    [InlineData("{},", """{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[REPEAT]}""")]
    [InlineData("""{"type":"tool_search_tool_1"},""", """{"max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[REPEAT]}""")]
    [InlineData("{},", """{"max_tokens":1,"messages":[{"role":"user","content":[REPEAT]}]}""")]
    [InlineData("""{"type":"tool_result","tool_use_id":"a"},""", """{"max_tokens":1,"messages":[{"role":"user","content":[REPEAT]}]}""")]
    [InlineData("""{"type":"tool_use","id":"a","name":"f"},""", """{"max_tokens":1,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[REPEAT]},{"role":"user","content":"x"}]}""")]
    public void Messages_CostInProportion(string repeated, string body) => AssertInProportion(repeated, body, json =>
        new MessagesRequest(RequestJson.Parse(Encoding.UTF8.GetBytes(json.GetRawText())).Json!, new Model("m", [], "")).ToChat());

    /// <summary>The schemas of tools that a request names by their type only are longer than what SageMaker accepts.</summary>
    [Fact]
    public void Tools_LongerThanARequest_AreRefused()
    {
        var tools = string.Join(",", Enumerable.Repeat("""{"type":"memory_1","name":"f"}""", 20_000));

        var error = Assert.Throws<InvalidRequestException>(() => new MessagesRequest(
            RequestJson.Parse(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"x"}],"tools":[{{tools}}]}""")).Json!,
            new Model("m", [], ""))).Error;

        Assert.Equal((413, "request_too_large"), (error.Status, error.Code));
    }

    /// <summary>Each tool of a namespace has a name that begins with the one of the namespace.</summary>
    [Fact]
    public void Namespace_WithALongName_IsRefused()
    {
        var error = Assert.Throws<InvalidRequestException>(() => Responses(JsonElement.Parse(
            $$"""{"input":"x","tools":[{"type":"namespace","name":"{{new string('n', 257)}}","tools":[]}]}"""))).Error;

        Assert.Equal("`tools[0].name` must have at most 256 characters.", error.Message);
    }

    /// <summary>A reply whose calls all have one id, in a conversation that has used it before.</summary>
    [Fact]
    public void Ids_OfEqualCalls_CostInProportion()
    {
        var ids = new ToolCallIds();
        for (var i = 1; i <= 10_000; i++)
        {
            ids.Take($"a~{i}");
        }

        ids.Take("a");
        ids.MakeUnique("a");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"a~{10_002 + i}", ids.MakeUnique("a"));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1_000_000);
    }

    private static ReadOnlyMemory<byte> Responses(JsonElement json) => new ResponsesRequest(
        RequestJson.Parse(Encoding.UTF8.GetBytes(json.GetRawText())).Json!, json, maximumItems: int.MaxValue).ToChat();

    private static void AssertInProportion(string repeated, string body, Func<JsonElement, ReadOnlyMemory<byte>> translate)
    {
        Count(repeated, body, 1024, translate); // Allocates the memory that is needed once.
        var (small, output) = Count(repeated, body, Small, translate);
        var (large, largeOutput) = Count(repeated, body, Times * Small, translate);

        Assert.InRange(small, 0, PerByte * Small);
        Assert.InRange(large, 0, PerByte * Times * Small);
        Assert.InRange(largeOutput, 0, (2 * Times * output) + 1024);
    }

    private static (long Allocated, long Output) Count(
        string repeated, string body, int length, Func<JsonElement, ReadOnlyMemory<byte>> translate)
    {
        var list = string.Concat(Enumerable.Repeat(repeated, length / 2 / repeated.Length)).TrimEnd(',');
        using var document = JsonDocument.Parse(
            body.Replace("REPEAT", list, StringComparison.Ordinal).Replace("TEXT", new string('x', length / 2), StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var output = 0L;
        try
        {
            output = translate(document.RootElement).Length;
        }
        catch (InvalidRequestException)
        {
            // It costs memory as well.
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before, output);
    }
}
