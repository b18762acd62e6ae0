using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Continuations;

/// <summary>Model servers that continue a reply correctly or incorrectly.</summary>
public sealed class JointTests(FunctionFixture function)
{
    private const string Broken = "The model server closed the connection before the reply was complete.";
    private const string Thinking = "Let me see what it is.";
    private const string Content = "The sky is blue because air scatters light. More of it is blue.";

    // The server, the model that is configured for it, the fault, and true if the reply is continued.
    [Theory]
    [InlineData("vllm", "continued", null, true)]
    [InlineData("vllm-0.32", "continued", null, true)]
    [InlineData("vllm-inline", "continued", null, true)]
    [InlineData("vllm-transition", "continued", null, true)]
    [InlineData("sglang-0.5", "continued-sglang", null, true)]
    [InlineData("sglang-0.5", "continued", null, true)] // Its parser treats the answer as thinking.
    [InlineData("llama-cpp", "continued-prefill", null, true)]
    [InlineData("llama-cpp", "continued-prefill", "echo", true)] // Build 11434.
    [InlineData("deepseek", "continued-prefix", null, true)]
    [InlineData("mistral", "continued-prefix", null, true)] // It repeats the message.
    [InlineData("vllm", "continued", "repeat", true)]
    [InlineData("vllm", "continued", "echo", true)]
    [InlineData("vllm", "continued", "think", true)]
    [InlineData("vllm", "continued", "thinking", true)]
    [InlineData("vllm", "continued", "ignore", true)] // The same answer from its beginning.
    [InlineData("vllm", "continued", "anew", false)]
    [InlineData("vllm", "continued", "refuse", false)]
    [InlineData("transformers-serve", "continued", null, false)]
    public async Task Answer_AtEveryToken_ContinuesOrFails(string server, string model, string? joint, bool goesOn)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var first = server == "vllm-inline" ? 15 : 9; // After the first word of the answer.
        var deaths = Enumerable.Range(first, 11);

        var replies = await Task.WhenAll(deaths.SelectMany(after => ContinuedApi.Chats.Select(api => CallAsync(
            client, api, model, server, joint, after))));

        Assert.All(replies, reply =>
        {
            Assert.Equal(goesOn ? null : Broken, reply.Error);
            Assert.Equal(Thinking, reply.Thinking);
            Assert.StartsWith(goesOn ? Content : "The sky", reply.Text, StringComparison.Ordinal);
            var text = reply.Text.Split("\n\n[Error: ")[0];
            Assert.StartsWith(text, Content, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("vllm", "continued", null, true)]
    [InlineData("vllm-inline", "continued", null, true)]
    [InlineData("sglang-0.5", "continued-sglang", null, true)]
    [InlineData("llama-cpp", "continued-prefill", null, true)]
    [InlineData("vllm", "continued", "anew", false)]
    public async Task Thinking_AtEveryToken_ContinuesOrFails(string server, string model, string? joint, bool goesOn)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var deaths = Enumerable.Range(server == "vllm-inline" ? 7 : 4, 3);

        var replies = await Task.WhenAll(deaths.SelectMany(after => ContinuedApi.Chats.Select(api => CallAsync(
            client, api, model, server, joint, after))));

        Assert.All(replies, reply =>
        {
            Assert.Equal(goesOn ? null : Broken, reply.Error);
            Assert.Equal(goesOn ? Content : "", reply.Text.Split("\n\n[Error: ")[0]);
            Assert.StartsWith(reply.Thinking, Thinking, StringComparison.Ordinal);
        });
    }

    // SageMaker ends each stream after 8 minutes, here after six events.
    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("messages")]
    [InlineData("responses")]
    public async Task TimeLimit_OfSageMaker_IsNoEnd(string api)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var standIn = StandIn("vllm", joint: null, after: 6);
        (standIn["content"], standIn["fault"]!["kind"]) = (string.Concat(Enumerable.Repeat(Content + " ", 5)), "model_timeout");
        standIn["fault"]!["times"] = 100;

        var reply = await ContinuedApi.CallAsync(client, api, "continued", isStreamed: true, standIn);

        Assert.Equal((null, (string?)standIn["content"]), (reply.Error, reply.Text));
    }

    [Theory]
    [InlineData("reasoning")]
    [InlineData("both")]
    [InlineData("think")]
    [InlineData("hidden")]
    public async Task Form_OfTheThinking_IsThatOfOneReply(string form)
    {
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url);
        var members = $$"""{"model":"continued","reasoning_output":"{{form}}"}""";
        var whole = Reply.Join(await Reply.ReadAsync(client, Reply.Request(StandIn("vllm", null, after: 100).ToJsonString(), members)));
        for (var after = 3; after < 20; after++)
        {
            var request = Reply.Request(StandIn("vllm", null, after).ToJsonString(), members);

            Assert.Equal(whole, Reply.Join(await Reply.ReadAsync(client, request)));
        }
    }

    [Fact]
    public async Task Continuation_OfAReply_IsLoggedAndNoted()
    {
        var standIn = StandIn("vllm", joint: null, after: 10);
        await using var reply = await Reply.StartAsync(function.Client, Reply.Request(standIn.ToJsonString(),
            """{"model":"continued","user":"noted","max_tokens":50}"""));
        await reply.ReadToEndAsync();

        var requestId = Assert.Single(reply.Response.Headers.GetValues("x-request-id"));
        var line = await function.Log.WaitForAsync("\"outcome\"", $"\"requestId\":\"{requestId}\"");
        Assert.Contains("\"continuations\":1,\"continuedAfter\":[10]", line, StringComparison.Ordinal);
        var calls = function.Emulator.Calls.Where(call => (string?)call.Body["user"] == "noted").ToList();
        Assert.Equal(["/endpoints/one/", "/endpoints/two/"], calls.Select(call => call.Path[..15]).Order(StringComparer.Ordinal));
        Assert.Equal((50, 42), ((int)calls[0].Body["max_tokens"]!, (int)calls[1].Body["max_tokens"]!));
    }

    [Theory]
    [InlineData("continued")]
    [InlineData("continued-openai")]
    public async Task Continuation_OfAReply_HasTheHintOfTheFirstCall(string model)
    {
        var user = "hint of " + model;
        var standIn = StandIn("vllm", joint: null, after: 10).ToJsonString();
        var request = Reply.Request(standIn, $$"""{"model":"{{model}}","user":"{{user}}"}""");

        await Reply.ReadAsync(function.Client, request);

        var calls = function.Emulator.Calls.Where(call => (string?)call.Body["user"] == user).ToList();
        Assert.Equal(2, calls.Count);
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(calls.Select(call => (string?)call.Body["prompt_cache_key"]
            ?? call.Headers["X-Amzn-SageMaker-Prefix-Aware-Id"]).Distinct()));
    }

    private static Task<ContinuedReply> CallAsync(
        HttpClient client, string api, string model, string server, string? joint, int after) =>
        ContinuedApi.CallAsync(client, api, model, isStreamed: true, StandIn(server, joint, after));

    private static JsonObject StandIn(string server, string? joint, int after) => new()
    {
        ["server"] = server,
        ["reasoning"] = Thinking,
        ["content"] = Content,
        ["joint"] = joint,
        ["fault"] = new JsonObject { ["kind"] = "model_stream_error", ["after"] = after, ["times"] = 1, ["id"] = $"{Guid.NewGuid()}" },
    };
}
