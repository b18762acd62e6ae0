using System.Net;
using System.Threading.Channels;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>An OTLP receiver on a loopback port, HTTP with protobuf. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly Channel<Protobuf> _traces = Channel.CreateUnbounded<Protobuf>();
    private readonly Channel<Protobuf> _metrics = Channel.CreateUnbounded<Protobuf>();
    private readonly List<byte[]> _bodies = [];

    /// <summary>The collector responds to exports after this task completes.</summary>
    public Task Answers { get; init; } = Task.CompletedTask;

    public Uri Address => _app.UrlToCall();

    /// <summary>All bytes received.</summary>
    public IReadOnlyList<byte[]> Bodies
    {
        get
        {
            lock (_bodies)
            {
                return [.. _bodies];
            }
        }
    }

    public async Task StartAsync()
    {
        _app.MapPost("/v1/traces", context => TakeAsync(context, _traces.Writer));
        _app.MapPost("/v1/metrics", context => TakeAsync(context, _metrics.Writer));
        await _app.ListenAsync(IPAddress.Loopback, port: 0);
    }

    /// <summary>The spans of the next export.</summary>
    public async Task<List<Span>> ReadSpansAsync() => [.. Span.Read(await _traces.Reader.ReadAsync(TestContext.Current.CancellationToken))];

    /// <summary>The metrics of the next export.</summary>
    public async Task<List<Metric>> ReadMetricsAsync() =>
        [.. Metric.Read(await _metrics.Reader.ReadAsync(TestContext.Current.CancellationToken))];

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private async Task TakeAsync(HttpContext context, ChannelWriter<Protobuf> writer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        lock (_bodies)
        {
            _bodies.Add(body.ToArray());
        }

        writer.TryWrite(new Protobuf(body.ToArray()));
        await Answers.WaitAsync(context.RequestAborted);
        context.Response.ContentType = "application/x-protobuf";
    }
}
