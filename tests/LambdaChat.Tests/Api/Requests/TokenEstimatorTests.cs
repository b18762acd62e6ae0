using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Limits;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Requests;

public sealed class TokenEstimatorTests
{
    private static readonly Model Model = new("r1", [], "");

    [Theory]
    [InlineData("""{"max_tokens":16}""", 16, 16)]
    [InlineData("""{"max_tokens":16,"max_completion_tokens":20}""", 20, 20)]
    [InlineData("""{"max_tokens":16,"n":3}""", 48, 48)]
    [InlineData("""{"max_tokens":16,"n":3,"best_of":5}""", 80, 80)]
    [InlineData("{}", 4096, 1 << 20)]
    [InlineData("""{"n":2}""", 8192, 1 << 21)]
    public void Of_Request_LimitsTheCompletion(string body, long reserved, long maximum) =>
        Assert.Equal((reserved, maximum), Completion(Of(body, Model)));

    [Fact]
    public void Of_Caps_LimitTheCompletion()
    {
        var model = Model with { MaxTokens = 100, MaxChoices = 2 };

        Assert.Equal((200, 200), Completion(Of("""{"max_tokens":1000,"n":128}""", model)));
        Assert.Equal((100, 100), Completion(Of("{}", model)));
    }

    [Fact]
    public void Of_Defaults_LimitTheCompletion()
    {
        var model = Model with { Defaults = [Default("max_tokens", "50"), Default("n", "4")] };

        Assert.Equal((200, 200), Completion(Of("{}", model)));
        Assert.Equal((40, 40), Completion(Of("""{"max_tokens":10}""", model)));
    }

    [Theory]
    [InlineData("\"x\"", 1)]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[]", 1)]
    [InlineData("null", 1)]
    [InlineData("""["x"]""", 1)]
    [InlineData("""["x","y","z"]""", 3)]
    [InlineData("[[1,2],[3]]", 2)]
    [InlineData("""["x",[1]]""", 2)]
    public void Of_EachPrompt_HasItsOwnCompletion(string prompt, int prompts)
    {
        var body = $$"""{"prompt":{{prompt}},"max_tokens":16,"n":2}""";

        Assert.Equal((32 * prompts, 32 * prompts), Completion(Of(body, Model, ModelTasks.Completions)));
        Assert.Equal(32 * prompts, Of(body, Model with { MaxTokens = 16, MaxChoices = 2 }, ModelTasks.Completions).Completion);
    }

    [Fact]
    public void Of_ManyPrompts_ReserveEachInItsContext()
    {
        var prompts = string.Join(',', Enumerable.Repeat("\"0123456789\"", 1000));

        var estimate = Of($$"""{"prompt":[{{prompts}}],"max_tokens":16}""", Model with { ContextLength = 20 }, ModelTasks.Completions);

        Assert.Equal((4343, 16_000), (estimate.Prompt, estimate.Completion));
    }

    [Fact]
    public void Of_TokenIds_AreCountedByTwoBytes()
    {
        var ids = string.Join(',', Enumerable.Repeat("7", 1000));

        Assert.True(Of($$"""{"prompt":[{{ids}}]}""", Model, ModelTasks.Completions).Prompt >= 1000);
        Assert.True(Of($$"""{"input":[[{{ids}}],[{{ids}}]]}""", Model, ModelTasks.Embeddings).Prompt >= 2000);
    }

    [Fact]
    public void Of_Rerank_CountsTheQueryForEachDocument()
    {
        var query = new string('x', 3000);
        var documents = string.Join(',', Enumerable.Repeat("\"y\"", 100));

        var estimate = Of($$"""{"query":"{{query}}","documents":[{{documents}}]}""", Model, ModelTasks.Rerank);

        Assert.InRange(estimate.Prompt, 100_000, 101_000);
        Assert.Equal(0, estimate.Completion);
    }

    [Fact]
    public void Of_ReportedPrompt_IsBoundedByTheBody()
    {
        const string Body = """{"messages":[{"role":"user","content":"hi"}],"max_tokens":16}""";

        var estimate = Of(Body, Model);

        Assert.True(estimate.Allows(30, 16));
        Assert.False(estimate.Allows(Body.Length + 4097, 16));
        Assert.False(estimate.Allows(30, 17));
        Assert.True(Of(Body, Model with { Images = true }).Allows(20_000, 16));
        Assert.False(Of(Body, Model with { ContextLength = 1000 }).Allows(1001, 16));
    }

    private static (long Reserved, long Maximum) Completion(TokenEstimate estimate) => (estimate.Completion, estimate.MaximumCompletion);

    private static KeyValuePair<string, byte[]> Default(string name, string json) => new(name, Encoding.UTF8.GetBytes(json));

    private static TokenEstimate Of(string body, Model model, ModelTasks task = ModelTasks.Chat) =>
        TokenEstimator.Of(RequestJson.Parse(Encoding.UTF8.GetBytes(body)).Json!, model, task);
}
