using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.Pooling;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Relay;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream.Retries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Pooling;

/// <summary>Replies of pooling models.</summary>
public sealed class PoolingCallTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedPayloads _payloads = new();
    private readonly MemoryStream _body = new();
    private readonly MemoryStream _log = new();

    [Fact]
    public async Task Blanks_WhileTheModelIsSilent_AreNoSignOfLife()
    {
        var status = RunAsync();
        await _payloads.ReadingAsync();
        await _payloads.GiveAsync("{");
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await _payloads.GiveAsync(" \r\n\t");
        }

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(504, await status.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains("model_silent", Encoding.UTF8.GetString(_body.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_WhileTheModelWrites_IsASignOfLife()
    {
        var status = RunAsync();
        await _payloads.ReadingAsync();
        await _payloads.GiveAsync("{\"x\":[0");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            await _payloads.GiveAsync(",1");
        }

        _payloads.Give("]}");
        await _payloads.ReadingAsync();
        _payloads.End();

        Assert.Equal(200, await status.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal("{\"x\":[0,1,1,1,1,1]}", Encoding.UTF8.GetString(_body.ToArray()));
    }

    [Theory]
    [InlineData("\uFEFF{\"data\":[]}", "{\"data\":[]}")]
    [InlineData("\0\r\n {\"data\":[]}", "{\"data\":[]}")]
    [InlineData("{\"data\":[],\"usage\":{\"prompt_tokens\":-5}}", "{\"data\":[],\"usage\":{\"prompt_tokens\":0,\"total_tokens\":0}}")]
    public async Task Document_WithAMarkOrWrongNumbers_IsSentWithoutThem(string answer, string expected)
    {
        var status = RunAsync();
        await _payloads.ReadingAsync();
        _payloads.Give(Encoding.UTF8.GetBytes(answer));
        await _payloads.ReadingAsync();
        _payloads.End();

        Assert.Equal(200, await status.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(expected, Encoding.UTF8.GetString(_body.ToArray()));
    }

    [Fact]
    public async Task Bytes_OtherThanUtf8_BecomeReplacementCharacters()
    {
        var status = RunAsync();
        await _payloads.ReadingAsync();
        _payloads.Give([.. "{\"text\":\"a"u8, 0xFF, 0xFE, .. "b"u8, 0xC0, 0x80, .. "\"}"u8]);
        await _payloads.ReadingAsync();
        _payloads.End();

        Assert.Equal(200, await status.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(System.Text.Unicode.Utf8.IsValid(_body.ToArray()));
        Assert.Equal("a\uFFFD\uFFFDb\uFFFD\uFFFD", (string?)JsonNode.Parse(_body.ToArray())!["text"]);
    }

    [Theory]
    [InlineData("not JSON", 502, "\"message\":\"not JSON\"")]
    [InlineData("{\"data\":[", 502, "upstream_stream_corrupt")]
    [InlineData("{\"model\":\"/opt/ml/model\",\"data\":[]}", 200, "{\"model\":\"r1\",\"data\":[]}")]
    public async Task Document_DamagedOrWithAnotherName_IsAFailureOrHasTheName(string answer, int expected, string text)
    {
        var status = RunAsync();
        await _payloads.ReadingAsync();
        await _payloads.GiveAsync(answer);
        _payloads.End();

        Assert.Equal(expected, await status.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains(text, Encoding.UTF8.GetString(_body.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_AfterTheClientHasGone_IsReported()
    {
        await RunAsync(isGone: true, isKnown: false);

        var line = JsonNode.Parse(_log.ToArray())!;
        Assert.Equal(("internal", 500, 1), ((string?)line["outcome"], (int)line["status"]!, (int)line["errors"]!));
    }

    [Fact]
    public async Task End_ThatCannotBeWritten_IsReported()
    {
        _body.Dispose();
        var status = RunAsync();
        await _payloads.ReadingAsync();
        _payloads.Give("{\"usage\":{\"prompt_tokens\":7}}");
        await _payloads.ReadingAsync();
        _payloads.End();

        var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => status)).Error;

        Assert.Equal(500, error.Status);
        var line = JsonNode.Parse(_log.ToArray())!;
        Assert.Equal(("internal", 7), ((string?)line["outcome"], (int)line["inputTokens"]!));
    }

    public void Dispose()
    {
        _payloads.Dispose();
        _body.Dispose();
        _log.Dispose();
    }

    /// <param name="isGone">True if the client has disconnected.</param>
    /// <param name="isKnown">False if the call of the endpoint throws an unexpected exception.</param>
    private async Task<int> RunAsync(bool isGone = false, bool isKnown = true)
    {
        const ModelTasks Task = ModelTasks.Embeddings;
        var model = new Model("r1", [new Target("a", null, null, "eu-west-1")], "")
        {
            IdleTimeout = TimeSpan.FromSeconds(5),
            Tasks = Task
        };
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream("{\"model\":\"r1\",\"input\":\"x\"}"u8.ToArray());
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_body));
        var reader = new RequestReader(new ModelCatalog([model]), RequestLimits.Default, new MemoryBudget(1_000_000, _time), _time);
        using var incoming = await reader.ReadAsync(context, Task);
        using var output = new LogOutput(_log);
        using var line = new ReplyLogLine(output, hasMetrics: false);
        var endpoints = new ScriptedResponses(new Dictionary<string, ScriptedPayloads> { [isKnown ? "a" : "b"] = _payloads });
        var targets = new TargetCaller(endpoints, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var call = new PoolingCall(targets, new RelaySettings(TimeSpan.Zero, TimeSpan.Zero), new ReplyReporter(_time, line),
            ReplyMemory.Create(_time), _time, NullLogger<PoolingCall>.Instance);
        context.RequestAborted = new CancellationToken(isGone);
        await call.RunAsync(context, incoming, Task, [], lease: null);
        return context.Response.StatusCode;
    }
}
