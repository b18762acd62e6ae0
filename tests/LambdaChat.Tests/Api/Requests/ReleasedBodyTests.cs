using LambdaChat.Api.Requests;
using LambdaChat.Tests.Hosting;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace LambdaChat.Tests.Api.Requests;

/// <summary>The memory of a body whose reply is under way.</summary>
public sealed class ReleasedBodyTests
{
    private const int Length = 200_000;

    private static readonly string Text = new('x', Length);

    public static TheoryData<string, string, string> Requests => new()
    {
        {
            "/v1/chat/completions", $$"""{"model":"m","stream":true,"messages":[{"role":"user","content":"{{Text}}"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"""
        },
        {
            "/v1/chat/completions", $$"""{"model":"m","messages":[{"role":"user","content":"{{Text}}"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"""
        },
        {
            "/v1/messages", $$"""{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"{{Text}}"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"""
        },
        {
            "/v1/completions", $$"""{"model":"m","stream":true,"prompt":"{{Text}}"}""",
            """{"choices":[{"index":0,"text":"Hi","finish_reason":null}]}"""
        },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Memory_AfterTheFirstChunk_IsGivenBack(string path, string request, string chunk)
    {
        using var payloads = new ScriptedPayloads();
        var endpoint = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { ["e"] = payloads });
        using var server = new InMemoryServer();
        await using var app = Function.Create(
            ["""--MODELS=[{"name":"m","endpoint":"e","gather":true,"tasks":["chat","completions"]}]""", "--OPEN_ACCESS=true", "--AWS_REGION=us-east-1"],
            builder => builder.Services.AddSingleton<IServer>(server).AddSingleton<IEndpointClient>(endpoint));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var memory = app.Services.GetRequiredService<MemoryBudget>();

        var response = server.SendAsync("POST", path, request);
        await payloads.ReadingAsync();
        var before = memory.Used;
        await payloads.GiveAsync($"data: {chunk}\n\n");
        var after = memory.Used;
        payloads.Give($"data: {chunk.Replace("null", "\"stop\"", StringComparison.Ordinal)}\n\ndata: [DONE]\n\n");
        var (status, body) = await response;

        Assert.InRange(before, Length, 3 * Length);
        Assert.Equal(0, after);
        Assert.Empty(Assert.Single(endpoint.Bodies));
        Assert.Equal(200, status);
        Assert.Contains("Hi", body, StringComparison.Ordinal);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
