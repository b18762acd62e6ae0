using System.Collections.Concurrent;
using System.Net;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>Stands between the function and the table, and makes the table fail.</summary>
internal sealed class TableProxy : IAsyncDisposable
{
    private const string Throttled =
        """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"Rate exceeded"}""";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _table;
    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly ConcurrentDictionary<string, int> _updates = new(); // The number of calls with each body.
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TableProxy(Uri table)
    {
        _table = new HttpClient { BaseAddress = table };
        _app.Run(SendAsync);
    }

    public enum Fault
    {
        None,

        /// <summary>An error whose head and body are late, as with <see cref="Late"/>.</summary>
        Throttle,
        Hang,
        Reset,

        /// <summary>There is a pause before the head and before the body of a response.</summary>
        Late,
    }

    public Uri Address => _app.UrlToCall();

    public Fault Current { get; set; }

    /// <summary>For each update, the number of responses that the function does not receive, although the table has the update.</summary>
    public int LostResponses { get; set; }

    /// <summary>Completes when a call fails.</summary>
    public Task Failed => _failed.Task;

    public static async Task<TableProxy> StartAsync(Uri table)
    {
        var proxy = new TableProxy(table);
        await proxy._app.ListenAsync(IPAddress.Loopback, port: 0);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopNowAsync();
        _table.Dispose();
    }

    private async Task SendAsync(HttpContext context)
    {
        var fault = Current;
        if (fault != Fault.None)
        {
            _failed.TrySetResult();
        }

        switch (fault)
        {
            case Fault.Throttle:
                context.Response.StatusCode = 400;
                context.Response.ContentType = "application/x-amz-json-1.0";
                await PauseAsync(context);
                await context.Response.WriteAsync(Throttled);
                break;
            case Fault.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case Fault.Reset:
                context.Abort();
                break;
            default:
                await ForwardAsync(context, isLate: fault == Fault.Late);
                break;
        }
    }

    private static async Task PauseAsync(HttpContext context)
    {
        await Task.Delay(Pause, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Pause, context.RequestAborted);
    }

    private async Task ForwardAsync(HttpContext context, bool isLate)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        using var message = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body) };
        message.Content.Headers.ContentType = null;
        foreach (var (name, value) in context.Request.Headers.Where(header => header.Key != "Host"))
        {
            if (!message.Headers.TryAddWithoutValidation(name, (string?)value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, (string?)value);
            }
        }

        using var response = await _table.SendAsync(message, context.RequestAborted);
        if (context.Request.Headers["X-Amz-Target"].ToString().EndsWith(".UpdateItem", StringComparison.Ordinal)
            && _updates.AddOrUpdate(body, 1, (_, count) => count + 1) <= LostResponses)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var name in response.Headers.Where(header => header.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name.Key] = name.Value.ToArray();
        }

        if (isLate)
        {
            await PauseAsync(context);
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
