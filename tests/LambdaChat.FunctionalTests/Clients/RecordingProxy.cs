using System.Collections.Concurrent;
using System.Net;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>
/// A proxy between a client and the function URL that records both directions. Each read is passed on at once; a broken connection on one
/// side breaks the other.
/// </summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    // Kestrel and HttpClient frame the bodies themselves.
    private static readonly string[] ConnectionHeaders =
        ["Host", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive", "Expect"];

    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, 0);
    private readonly HttpClient _client;
    private readonly ConcurrentQueue<Exchange> _exchanges = new();

    private RecordingProxy(Uri target)
    {
        _client = FunctionFixture.CreateClient(target);
        _client.DefaultRequestHeaders.Authorization = null;
        _app.Run(ForwardAsync);
    }

    public Uri Address => _app.UrlToCall();

    public static async Task<RecordingProxy> StartAsync(Uri target)
    {
        var proxy = new RecordingProxy(target);
        await proxy._app.ListenAsync(IPAddress.Loopback, 0);
        return proxy;
    }

    /// <summary>Removes and returns the exchanges so far, oldest first.</summary>
    public IReadOnlyList<Exchange> Take()
    {
        var taken = new List<Exchange>();
        while (_exchanges.TryDequeue(out var exchange))
        {
            taken.Add(exchange);
        }

        return taken;
    }

    /// <summary>
    /// Removes all exchanges and returns those of a path that have a response. A client that exits can leave one without.
    /// </summary>
    public IReadOnlyList<Exchange> TakeFrom(string path) =>
        [.. Take().Where(exchange => exchange.Path.StartsWith(path, StringComparison.Ordinal) && exchange.Status != 0)];

    public async ValueTask DisposeAsync()
    {
        await _app.StopNowAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var exchange = new Exchange(context.Request.Method, context.Request.Path + context.Request.QueryString, body.ToArray());
        _exchanges.Enqueue(exchange);
        try
        {
            using var request = Copy(context.Request, body.ToArray());
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            await CopyAsync(response, context, exchange);
            exchange.IsWhole = true;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static HttpRequestMessage Copy(HttpRequest request, byte[] body)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), request.Path + request.QueryString);
        if (body.Length > 0)
        {
            copy.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in request.Headers)
        {
            if (!ConnectionHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return copy;
    }

    private static async Task CopyAsync(HttpResponseMessage response, HttpContext context, Exchange exchange)
    {
        context.Response.StatusCode = exchange.Status = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!ConnectionHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        exchange.ContentType = response.Content.Headers.ContentType?.MediaType;
        await context.Response.StartAsync(context.RequestAborted);
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16_384];
        while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            exchange.Add(buffer.AsSpan(0, count));
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
