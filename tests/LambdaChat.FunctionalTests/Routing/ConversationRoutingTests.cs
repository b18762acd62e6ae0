using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>Conversations of each API, through the function, on endpoints with four instances.</summary>
public sealed class ConversationRoutingTests(RoutingFixture fixture) : IClassFixture<RoutingFixture>
{
    private const string Hint = "X-Amzn-SageMaker-Prefix-Aware-Id";
    private const int Turns = 4;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string[] Names =
        ["X-Session-Id", "x-session-affinity", "X-Claude-Code-Session-Id", "session_id", Hint, "prompt_cache_key", "none"];

    public static TheoryData<string, string, string> Conversations =>
    [
        .. from api in (string[])["chat", "completions", "messages", "responses", "ui", "ag-ui"]
           from name in (string[])[.. Names, .. OwnNames(api)]
           from strategy in (string[])["Random", "LeastOutstandingRequests", "PrefixAware", "KvAware"]
           select (api, name, strategy),
    ];

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Turns_OfAConversation_HaveOneHintAndGrowFromOnePrefix(string api, string name, string strategy)
    {
        var conversation = new RoutedConversation(fixture, api, strategy, name, $"{api} {name} {strategy}");
        var calls = await SendAsync(conversation, Turns);

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(calls.Select(HintOf).Distinct()));
        for (var turn = 1; turn < Turns; turn++)
        {
            Assert.True(calls[turn].RawBody.AsSpan().StartsWith(HistoryOf(calls[turn - 1])));
            if (strategy is "PrefixAware" or "KvAware")
            {
                Assert.Equal(calls[0].Prompt!.Instance, calls[turn].Prompt!.Instance);
                Assert.InRange(calls[turn].Prompt!.CachedTokens, 0.95 * calls[turn - 1].Prompt!.Tokens, calls[turn - 1].Prompt!.Tokens);
            }
        }
    }

    [Theory]
    [InlineData("Random")]
    [InlineData("LeastOutstandingRequests")]
    public async Task Turns_WithoutPrefixRouting_ReachSeveralInstances(string strategy)
    {
        var calls = await SendAsync(new RoutedConversation(fixture, "chat", strategy, "X-Session-Id", strategy), turns: 20);

        Assert.True(calls.Select(call => call.Prompt!.Instance).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("PrefixAware")]
    [InlineData("openai")]
    public async Task Conversations_WithOneSystemPrompt_ShareTheInstances(string model)
    {
        var instances = new HashSet<int>();
        for (var i = 0; i < 32; i++)
        {
            var call = await new RoutedConversation(fixture, "chat", model, "X-Session-Id", $"{model} {i}").SendAsync();
            instances.Add(call.Prompt!.Instance);
        }

        Assert.Equal(RoutingFixture.Instances, instances.Count);
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("caller", "one hint")]
    public async Task Conversations_OfOneCaller_HaveTheHintThatTheModelSets(string model, string? expected)
    {
        var first = await new RoutedConversation(fixture, "chat", model, "X-Session-Id", "a").SendAsync();
        var second = await new RoutedConversation(fixture, "messages", model, "X-Session-Id", "b").SendAsync();

        Assert.Equal(HintOf(first), HintOf(second));
        Assert.Equal(first.Prompt!.Instance, second.Prompt!.Instance);
        Assert.Equal(expected is null, HintOf(first) is null);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("ui")]
    [InlineData("ag-ui")]
    public async Task Conversation_OfAnotherCallerWithTheSameName_HasAnotherHint(string api)
    {
        foreach (var name in (string[])["X-Session-Id", "prompt_cache_key", "none"])
        {
            var mine = new RoutedConversation(fixture, api, "PrefixAware", name, "same");
            var theirs = new RoutedConversation(fixture, api, "PrefixAware", name, "same") { Key = RoutingFixture.OtherKey };

            Assert.NotEqual(HintOf(await mine.SendAsync()), HintOf(await theirs.SendAsync()));
        }
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("ui")]
    [InlineData("ag-ui")]
    public async Task Client_ThatReordersAndReformatsItsBody_StaysOnTheInstance(string api)
    {
        var conversation = new RoutedConversation(fixture, api, "PrefixAware", "none", $"formats {api}");
        var first = await conversation.SendAsync();
        var second = await conversation.SendAsync(body => Reverse(body).ToJsonString(Indented));
        var third = await conversation.SendAsync(body => $"\n{body.ToJsonString().Replace("\":", "\" :\t", StringComparison.Ordinal)} ");

        Assert.True(second.RawBody.AsSpan().StartsWith(HistoryOf(first)));
        Assert.True(third.RawBody.AsSpan().StartsWith(HistoryOf(second)));
        Assert.Equal(HintOf(first), HintOf(third));
        Assert.Single(new[] { first, second, third }.Select(call => call.Prompt!.Instance).Distinct());
    }

    [Fact]
    public async Task Hint_OnTheOpenAIRoute_IsInTheBodyUnlessTheClientHasOne()
    {
        var hinted = await new RoutedConversation(fixture, "chat", "openai", "X-Session-Id", "hinted").SendAsync();
        var translated = await new RoutedConversation(fixture, "responses", "openai", "prompt_cache_key", "own").SendAsync();
        var own = await new RoutedConversation(fixture, "chat", "openai", "prompt_cache_key", "own").SendAsync();

        Assert.Matches("^[0-9a-f]{32}$", (string?)hinted.Body["prompt_cache_key"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)translated.Body["prompt_cache_key"]);
        Assert.Equal("own", (string?)own.Body["prompt_cache_key"]);
        Assert.All([hinted, translated, own], call => Assert.Null(HintOf(call)));
    }

    [Fact]
    public async Task Hint_OfTheClient_IsSentUnchangedByAModelThatForwardsIt()
    {
        var forwarded = await new RoutedConversation(fixture, "chat", "forwards", Hint, "my-hint").SendAsync();
        var hashed = await new RoutedConversation(fixture, "chat", "PrefixAware", Hint, "my-hint").SendAsync();

        Assert.Equal("my-hint", HintOf(forwarded));
        Assert.Matches("^[0-9a-f]{32}$", HintOf(hashed));
    }

    [Fact]
    public async Task Log_OfACachedPrompt_HasTheCachedTokens()
    {
        var conversation = new RoutedConversation(fixture, "messages", "PrefixAware", "none", "log");
        await conversation.SendAsync();
        var call = await conversation.SendAsync();

        await fixture.Function.Log.WaitForAsync($"\"inputTokens\":{call.Prompt!.Tokens},", $"\"cachedTokens\":{call.Prompt.CachedTokens},");
    }

    private static string[] OwnNames(string api) => api switch
    {
        "messages" => ["metadata.user_id"],
        "ui" => ["id"],
        "ag-ui" => ["threadId"],
        _ => [],
    };

    private static async Task<List<EmulatorCall>> SendAsync(RoutedConversation conversation, int turns)
    {
        var calls = new List<EmulatorCall>();
        while (calls.Count < turns)
        {
            calls.Add(await conversation.SendAsync());
        }

        return calls;
    }

    private static string? HintOf(EmulatorCall call) => call.Headers.GetValueOrDefault(Hint);

    // The body up to the end of the prompt, without the closing bracket or quote.
    private static ReadOnlySpan<byte> HistoryOf(EmulatorCall call)
    {
        var reader = new Utf8JsonReader(call.RawBody);
        reader.Read();
        reader.Read();
        Assert.True(reader.ValueTextEquals("messages") || reader.ValueTextEquals("prompt"));
        reader.Read();
        reader.Skip();
        return call.RawBody.AsSpan(0, (int)reader.BytesConsumed - 1);
    }

    private static JsonObject Reverse(JsonObject body) =>
        new(body.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}
