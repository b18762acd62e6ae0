using System.Text;
using System.Text.Json;
using LambdaChat.Api.Messages.Requests;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Tests.Fuzzing.Steps;

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
    [MemberData(nameof(TranslationRequests.All), MemberType = typeof(TranslationRequests))]
    public void Translation_OfEachApi_CostsInProportion(string api, string repeated, string body)
    {
        Count(api, repeated, body, 1024); // What is allocated once.
        var (small, output) = Count(api, repeated, body, Small);
        var (large, largeOutput) = Count(api, repeated, body, Times * Small);

        Assert.InRange(small, 0, PerByte * Small);
        Assert.InRange(large, 0, PerByte * Times * Small);
        Assert.InRange(largeOutput, 0, (2 * Times * output) + 1024);
    }

    /// <summary>The schemas of tools that a request names by their type only are longer than what SageMaker accepts.</summary>
    [Fact]
    public void Tools_LongerThanARequest_AreRefused()
    {
        var tools = string.Join(",", Enumerable.Range(0, 20_000).Select(i => $$"""{"type":"memory_1","name":"f{{i}}"}"""));

        var error = Assert.Throws<ErrorResponseException>(() => new MessagesRequest(
            RequestJson.TryParse(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"x"}],"tools":[{{tools}}]}"""))!,
            new Model("m", [], ""))).Error;

        Assert.Equal((413, "request_too_large"), (error.Status, error.Code));
    }

    /// <summary>Each tool of a namespace has a name that begins with the one of the namespace.</summary>
    [Fact]
    public void Namespace_WithALongName_IsRefused()
    {
        var error = Assert.Throws<ErrorResponseException>(() => Responses(JsonElement.Parse(
            $$"""{"input":"x","tools":[{"type":"namespace","name":"{{new string('n', 257)}}","tools":[]}]}"""))).Error;

        Assert.StartsWith(
            "Invalid 'tools[0].name': string too long. Expected a string with maximum length 256, but got a string with length ",
            error.Message, StringComparison.Ordinal);
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
        RequestJson.TryParse(Encoding.UTF8.GetBytes(json.GetRawText()))!, json, maximumItems: int.MaxValue).ToChat();

    private static (long Allocated, long Output) Count(string api, string repeated, string body, int length)
    {
        var text = TranslationRequests.Create(repeated, body, length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var output = TranslationRequests.Translate(api, text);
        return (GC.GetAllocatedBytesForCurrentThread() - before, output);
    }
}
