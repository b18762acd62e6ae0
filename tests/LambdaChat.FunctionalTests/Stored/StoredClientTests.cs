using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>OpenAI's JavaScript client resumes, cancels and continues stored replies.</summary>
public sealed class StoredClientTests(StoredFunction stored) : IClassFixture<StoredFunction>
{
    [Fact]
    public async Task OpenAI_JavaScript_UsesStoredReplies()
    {
        var output = await Node.Apis.RunAsync("stored.mjs", new()
        {
            ["BASE_URL"] = new Uri(stored.Process.Url, "v1").ToString(),
            ["API_KEY"] = FunctionFixture.Key,
            ["MODEL"] = FunctionFixture.Model,
        });

        var text = string.Concat(Enumerable.Range(0, 20).Select(i => $" t{i}"));
        var expected = new JsonObject
        {
            ["retrieve"] = new JsonObject { ["text"] = text, ["stored"] = text },
            ["stream"] = new JsonObject { ["first"] = 1, ["text"] = text, ["status"] = "completed" },
            ["cancel"] = new JsonObject { ["queued"] = "queued", ["cancelled"] = "cancelled", ["again"] = "cancelled" },
            ["turns"] = new JsonObject
            {
                ["text"] = " t0 t1 t2",
                ["input"] = new JsonArray("message", "reasoning", "function_call", "function_call_output", "message", "message", "message"),
                ["gone"] = 404,
            },
            ["chat"] = new JsonObject { ["same"] = true, ["deleted"] = true },
        };
        Assert.Equal(expected.ToJsonString(), output.Trim());
    }
}
