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
    [InlineData("""{"max_tokens":1,"n_predict":50000}""", 50_000, 50_000)] // llama.cpp generates 50,000.
    [InlineData("""{"max_tokens":20,"max_new_tokens":30,"n_cmpl":2}""", 60, 60)]
    [InlineData("""{"max_tokens":20,"n_predict":1}""", 20, 20)]
    [InlineData("""{"n_predict":1}""", 4096, 1 << 20)] // Servers that do not know it generate without a limit.
    [InlineData("""{"max_tokens":16,"n":2,"n_cmpl":3}""", 48, 48)]
    [InlineData("""{"n_predict":-1,"max_new_tokens":0}""", 4096, 1 << 20)]
    [InlineData("""{"max_tokens":16,"n_predict":-1,"n":2,"n_cmpl":0}""", 32, 32)]
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
        Assert.Equal((200, 200), Completion(Of("""{"n_predict":10}""", model)));
        Assert.Equal((80, 80), Completion(Of("""{"max_tokens":10,"n_cmpl":8}""", model)));
        Assert.Equal((10, 10), Completion(Of("""{"max_tokens":10}""", Model with { Defaults = [Default("n_predict", "50")] })));
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

    [Theory]
    [InlineData("query", "documents")]
    [InlineData("queries", "documents")]
    [InlineData("queries", "items")]
    [InlineData("text_1", "text_2")]
    [InlineData("data_1", "data_2")]
    public void Of_Pairs_CountTheFirstTextForEachOther(string first, string second)
    {
        var query = $"\"{new string('x', 3000)}\"";
        var texts = string.Join(',', Enumerable.Repeat("\"y\"", 100));
        string[] forms = [query, $"[{query}]", $$$"""{"content":[{"type":"text","text":{{{query}}}}]}"""];

        foreach (var estimate in forms.SelectMany(form => new[]
                 {
                     Of($$"""{"{{first}}":{{form}},"{{second}}":[{{texts}}]}""", Model, ModelTasks.Score),
                     Of($$$"""{"{{{first}}}":{{{form}}},"{{{second}}}":{"content":[{{{texts}}}]}}""", Model, ModelTasks.Rerank),
                 }))
        {
            Assert.InRange(estimate.Prompt, 100_000, 103_000);
            Assert.InRange(estimate.MaximumPrompt, 300_000 + (100 * 4096), 310_000 + (100 * 4096));
            Assert.Equal((0, 0), Completion(estimate));
        }

        var pairs = $$"""{"{{first}}":[{{query}},{{query}}],"{{second}}":["y","z"]}""";
        Assert.InRange(Of(pairs, Model, ModelTasks.Score).Prompt, 2000, 2100);
    }

    [Fact]
    public void Of_ReportedPrompt_IsBoundedByTheBody()
    {
        const string Body = """{"messages":[{"role":"user","content":"hi"}],"max_tokens":16}""";

        Assert.Equal(Body.Length + 4096, Of(Body, Model).MaximumPrompt);
        Assert.Equal(Body.Length + 65_536, Of(Body, Model with { Images = true }).MaximumPrompt);
        Assert.Equal(1000, Of(Body, Model with { ContextLength = 1000 }).MaximumPrompt);
        Assert.Equal(Body.Length + 4100, Of(Body, Model with { Defaults = [Default("tools", "[{}]")] }).MaximumPrompt);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[PART]}]}""", nameof(ModelTasks.Chat))]
    [InlineData("""{"messages":[{"role":"user","content":[PART]}],"prompt":"x"}""", nameof(ModelTasks.Completions))]
    [InlineData("""{"messages":[{"role":"user","content":[PART]}]}""", nameof(ModelTasks.Embeddings))]
    [InlineData("""{"query":"x","documents":{"content":[PART]}}""", nameof(ModelTasks.Rerank))]
    [InlineData("""{"data_1":{"content":[PART]},"data_2":"x"}""", nameof(ModelTasks.Score))]
    public void Of_PartThatIsNotText_IsBoundedByTheContextOnly(string body, string task)
    {
        string[] parts =
        [
            """{"type":"image_url","image_url":{"url":"https://example.com/1.png"}}""", """{"image_url":"https://example.com/1.png"}""",
            """{"type":"\u0069mage_url","\u0069mage_url":{"url":"x"}}""", """{"type":"input_audio","input_audio":{"data":"AA=="}}""",
            """{"type":"video_url","video_url":{"url":"x"}}""", """{"type":"audio_url","audio_url":{"url":"x"}}""", """{"type":"image","url":"x"}""",
            """{"type":"file","file":{"file_data":"x"}}""",
        ];

        foreach (var part in parts)
        {
            var all = body.Replace("PART", part, StringComparison.Ordinal);
            Assert.Equal(long.MaxValue, Of(all, Model, Enum.Parse<ModelTasks>(task)).MaximumPrompt);
            Assert.Equal(100_000, Of(all, Model with { ContextLength = 100_000 }, Enum.Parse<ModelTasks>(task)).MaximumPrompt);
            Assert.InRange(Of(all, Model, Enum.Parse<ModelTasks>(task)).Prompt, 4096, 4200);
        }
    }

    [Fact]
    public void Of_ChatTemplate_IsBoundedByTheContextOnly()
    {
        const string Body = """{"messages":[],"chat_template":"{% for i in range(100000) %}a {% endfor %}"}""";

        Assert.Equal(long.MaxValue, Of(Body, Model).MaximumPrompt);
        Assert.Equal(1000, Of(Body, Model with { ContextLength = 1000 }).MaximumPrompt);
        Assert.Equal(long.MaxValue, Of("{}", Model with { Defaults = [Default("chat_template", "\"x\"")] }).MaximumPrompt);
    }

    [Fact]
    public void Of_Images_AreCountedByTheirNumber()
    {
        var image = $$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{new string('A', 3_000_000)}}}"}}""";
        var body = $$"""{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{{image}},{{image}}]}]}""";

        Assert.InRange(Of(body, Model).Prompt, 2 * 4096, (2 * 4096) + 100);
        Assert.InRange(Of(body, Model with { IsTextOnly = true }).Prompt, 10, 100); // A text replaces them.
        Assert.InRange(Of(body, Model with { IsTextOnly = true }).MaximumPrompt, 4096, 7_000_000);
    }

    [Fact]
    public void Of_ArgumentsOfATool_AreText()
    {
        var body = $$"""{"messages":[{"role":"assistant","tool_calls":[{"type":"function","image":"{{new string('x', 3000)}}"}]}]}""";

        Assert.InRange(Of(body, Model).Prompt, 1000, 1100);
    }

    private static (long Reserved, long Maximum) Completion(TokenEstimate estimate) => (estimate.Completion, estimate.MaximumCompletion);

    private static KeyValuePair<string, byte[]> Default(string name, string json) => new(name, Encoding.UTF8.GetBytes(json));

    private static TokenEstimate Of(string body, Model model, ModelTasks task = ModelTasks.Chat) =>
        TokenEstimator.Of(RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!, model, task);
}
