using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Tasks;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>Embeddings of messages, which vLLM's multimodal embedding models take in place of <c>input</c>.</summary>
public sealed class MessageEmbeddingTests(FunctionFixture function)
{
    [Theory]
    [InlineData("")]
    [InlineData(""" "input":null,""")]
    public async Task Embeddings_OfMessages_AreForwarded(string member)
    {
        var request = JsonNode.Parse($$$"""
            {"model":"pooling",{{{member}}} "encoding_format":"float","messages":[{"role":"user","content":[
            {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"a fox of messages"}]}]}
            """)!.AsObject();

        using var response = await function.Client.PostAsJsonAsync("v1/embeddings", request, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal(
            Embeddings.Vector("a fox of messages"),
            JsonNode.Parse(body)!["data"]![0]!["embedding"]!.AsArray().Select(number => (float)number!));
        var call = function.Emulator.Calls.Last(
            call => call.Body.ToJsonString().Contains("a fox of messages", StringComparison.Ordinal));
        Assert.True(JsonNode.DeepEquals(request["messages"], call.Body["messages"]));
    }
}
