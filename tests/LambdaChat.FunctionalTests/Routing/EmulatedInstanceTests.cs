using System.Net;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.SageMaker;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Routing;

/// <summary>The emulator with several instances: the time for a prompt, the usage, and model servers behind the instances.</summary>
public sealed class EmulatedInstanceTests
{
    [Fact]
    public async Task Reply_OfAPrompt_StartsAfterItsUncachedTokens()
    {
        var clock = new RecordingClock();
        var options = new EmulatorOptions
        {
            Pace = 0,
            TimeProvider = clock,
            Routing = _ => new RoutingOptions { TimePerPromptToken = TimeSpan.FromMilliseconds(10) },
        };
        await using var emulator = await SageMakerEmulator.StartAsync(options, new ScriptedServer(TimeProvider.System));

        var first = await AskAsync(emulator, turns: 20);
        var second = await AskAsync(emulator, turns: 21);
        var repeated = await AskAsync(emulator, turns: 20);

        Assert.Equal(0, first.Cached);
        Assert.InRange(second.Cached, first.Prompt - 16, first.Prompt);
        Assert.InRange(repeated.Cached, first.Prompt - 16, first.Prompt - 1);
        Assert.Equal(
            new[] { first, second, repeated }.Select(usage => TimeSpan.FromMilliseconds(10 * (usage.Prompt - usage.Cached))), clock.Waits);
    }

    [Fact]
    public async Task Reply_OfAnEndpointWithoutInstances_HasNoCachedTokens()
    {
        await using var emulator = await SageMakerEmulator.StartAsync(
            new EmulatorOptions { Pace = 0 }, new ScriptedServer(TimeProvider.System));

        var (_, _, body) = await EmulatorClient.AskAsync(emulator, "invocations", Body(turns: 2));

        Assert.Null(JsonNode.Parse(body)!["usage"]!["prompt_tokens_details"]);
        Assert.Null(emulator.InstancesOf("e"));
        Assert.Null(emulator.Calls.Single().Prompt);
    }

    [Fact]
    public async Task Instance_OfSeveralModelServers_IsTheServerWithItsNumber()
    {
        await using var zero = await StartServerAsync("0");
        await using var one = await StartServerAsync("1");
        using var http = new HttpClient();
        var servers = new[] { zero, one }.Select(app => new OpenAIServer(new Uri(app.UrlToCall(), "v1"), key: null, http, _ => { }));
        var options = new EmulatorOptions
        {
            Routing = _ => new RoutingOptions { Instances = 2, Strategy = RoutingStrategy.LeastOutstandingRequests },
        };
        await using var emulator = await SageMakerEmulator.StartAsync(options, new ServerGroup([.. servers]));

        var replies = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            replies.Add((await EmulatorClient.AskAsync(emulator, "invocations", Body(turns: 1))).Body);
        }

        Assert.Equal(emulator.Calls.Select(call => $"\"{call.Prompt!.Instance}\""), replies);
    }

    private static async Task<(int Prompt, int Cached)> AskAsync(SageMakerEmulator emulator, int turns)
    {
        var (status, _, body) = await EmulatorClient.AskAsync(emulator, "invocations", Body(turns));
        Assert.Equal(200, status);
        var usage = JsonNode.Parse(body)!["usage"]!;
        return ((int)usage["prompt_tokens"]!, (int)usage["prompt_tokens_details"]!["cached_tokens"]!);
    }

    private static string Body(int turns)
    {
        var messages = Enumerable.Range(0, turns).Select(i => new JsonObject { ["role"] = "user", ["content"] = $"Question number {i}" });
        return EmulatorClient.Chat("{}", new JsonObject { ["stream"] = false, ["messages"] = new JsonArray([.. messages]) }.ToJsonString());
    }

    private static async Task<WebApplication> StartServerAsync(string answer)
    {
        var server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        server.MapPost("/v1/chat/completions", () => Results.Text($"\"{answer}\"", "application/json"));
        await server.ListenAsync(IPAddress.Loopback, port: 0);
        return server;
    }

    // Records the waits, and lets none of them take time. The time limits of calls never end.
    private sealed class RecordingClock : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.FromMinutes(1))
            {
                return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
            }

            Waits.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
