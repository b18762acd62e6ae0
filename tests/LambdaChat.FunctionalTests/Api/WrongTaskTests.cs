using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>Endpoints that answer with the reply of another task: a chat with embeddings, embeddings with a chat.</summary>
public sealed class WrongTaskTests(FunctionFixture function)
{
    private const string Embeddings =
        """{"object":"list","data":[{"index":0,"object":"embedding","embedding":[0.5]}],"usage":{"prompt_tokens":1,"total_tokens":1}}""";

    private const string Completion =
        """{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData(FunctionFixture.Model, true)]
    [InlineData(FunctionFixture.Model, false)]
    [InlineData(FunctionFixture.Model + "-openai", true)]
    [InlineData(FunctionFixture.Model + "-openai", false)]
    [InlineData("plain-call", false)]
    public Task Chat_AnsweredByAPoolingModel_IsAnError(string model, bool isStreamed) => AssertFailsAsync("v1/chat/completions",
        $$"""{"model":"{{model}}","stream":{{(isStreamed ? "true" : "false")}},"messages":[{"role":"user","content":"hi"}]}""", Embeddings);

    [Theory]
    [InlineData("v1/embeddings", """{"model":"pooling","input":"hi"}""", Completion)]
    [InlineData("v1/rerank", """{"model":"pooling","query":"hi","documents":["a"]}""", Completion)]
    [InlineData("v1/score", """{"model":"pooling","text_1":"hi","text_2":"a"}""", Completion)]
    [InlineData("v1/completions", """{"model":"pooling","prompt":"hi"}""", Embeddings)]
    [InlineData("v1/completions", """{"model":"pooling","prompt":"hi","stream":true}""", Embeddings)]
    public Task OtherTask_AnsweredByTheWrongModel_IsAnError(string path, string request, string answer) =>
        AssertFailsAsync(path, request, answer);

    private async Task AssertFailsAsync(string path, string request, string answer)
    {
        var body = JsonNode.Parse(request)!.AsObject();
        body["stand_in"] = new JsonObject { ["replay"] = new JsonObject { ["stream"] = answer, ["whole"] = answer } };

        using var response = await function.Client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal((502, "upstream_wrong_task"), ((int)response.StatusCode, (string?)error["code"]));
        Assert.StartsWith("The model server answered with the reply of another task.", (string?)error["message"], StringComparison.Ordinal);
    }
}
