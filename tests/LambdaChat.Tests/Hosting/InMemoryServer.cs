using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LambdaChat.Tests.Hosting;

/// <summary>A server without sockets: a test passes requests to the application directly.</summary>
internal sealed class InMemoryServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = async features =>
        {
            var context = application.CreateContext(features);
            await application.ProcessRequestAsync(context);
            application.DisposeContext(context, exception: null);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>Status and body of the response to one request.</summary>
    /// <param name="json">The body of the request; null for none.</param>
    public Task<(int Status, string Body)> SendAsync(string method, string path, string? json = null) =>
        SendAsync(method, path, json is null ? null : System.Text.Encoding.UTF8.GetBytes(json));

    /// <inheritdoc cref="SendAsync(string, string, string?)"/>
    public async Task<(int Status, string Body)> SendAsync(string method, string path, byte[]? json)
    {
        using var request = new MemoryStream(json ?? []);
        using var body = new MemoryStream();
        var response = new HttpResponseFeature();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = method,
            Path = path,
            Scheme = "https",
            Headers = { Host = "localhost", ContentType = json is null ? default : "application/json" },
            Body = request,
        });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        await _process!(features);
        await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.FlushAsync();
        return (response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
