using System.Net;
using System.Threading.Channels;
using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Support;
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
    private readonly List<Span> _spans = [];
    private readonly List<Metric> _points = [];

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

    /// <summary>The spans and the points of metrics of all exports until now.</summary>
    public (IReadOnlyList<Span> Spans, IReadOnlyList<Metric> Points) Received
    {
        get
        {
            lock (_bodies)
            {
                return ([.. _spans], [.. _points]);
            }
        }
    }

    public async Task StartAsync()
    {
        _app.MapPost("/v1/traces", context => TakeAsync(context, _traces.Writer, export => _spans.AddRange(Span.Read(export))));
        _app.MapPost("/v1/metrics", context => TakeAsync(context, _metrics.Writer, export => _points.AddRange(Metric.Read(export))));
        await _app.ListenAsync(IPAddress.Loopback, port: 0);
    }

    /// <summary>The spans of the next export.</summary>
    public async Task<List<Span>> ReadSpansAsync() => [.. Span.Read(await ReadAsync(_traces.Reader))];

    /// <summary>The metrics of the next export.</summary>
    public async Task<List<Metric>> ReadMetricsAsync() => [.. Metric.Read(await ReadAsync(_metrics.Reader))];

    /// <summary>
    /// Repeats a request until the exports are as expected. A flush of the function that continues after its 200 ms does not export the
    /// spans of the next request: they are exported with those of a later one.
    /// </summary>
    public Task<(IReadOnlyList<Span> Spans, IReadOnlyList<Metric> Points)> ReceiveAsync(
        Func<Task> ask, Func<(IReadOnlyList<Span> Spans, IReadOnlyList<Metric> Points), bool> isExpected) => TableExtensions.UntilAsync(
            async () =>
            {
                await ask();
                return Received;
            },
            isExpected);

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private static async Task<Protobuf> ReadAsync(ChannelReader<Protobuf> reader)
    {
        using var limit = WaitLimit.Start();
        return await reader.ReadAsync(limit.Token);
    }

    private async Task TakeAsync(HttpContext context, ChannelWriter<Protobuf> writer, Action<Protobuf> keep)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var export = new Protobuf(body.ToArray());
        lock (_bodies)
        {
            _bodies.Add(body.ToArray());
            keep(export);
        }

        writer.TryWrite(export);
        await Answers.WaitAsync(context.RequestAborted);
        context.Response.ContentType = "application/x-protobuf";
    }
}
