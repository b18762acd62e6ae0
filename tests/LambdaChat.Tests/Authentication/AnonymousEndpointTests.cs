using System.Diagnostics;
using LambdaChat.Authentication;
using LambdaChat.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LambdaChat.Tests.Authentication;

/// <summary>Runs the program itself, as a web server in this process, and looks at every endpoint that it maps.</summary>
public sealed class AnonymousEndpointTests
{
    private static readonly string[] Args =
    [
        "--urls=http://127.0.0.1:0", "--MODELS=[{\"name\":\"r1\",\"endpoint\":\"demo\",\"region\":\"us-east-1\"}]",
        "--API_KEYS=a=ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    ];

    [Fact]
    public async Task Endpoints_WithoutKey_AreThese()
    {
        using var built = new HostBuilt();
        var main = Task.Run(() => typeof(ApiAuthenticationMiddleware).Assembly.EntryPoint!.Invoke(null, [Args]), TestContext.Current.CancellationToken);
        var host = await built.Host.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var started = new TaskCompletionSource();
        lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        lifetime.StopApplication();
        await main;

        Assert.Contains(endpoints, endpoint => endpoint.RoutePattern.RawText == "/v1/chat/completions");
        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<AnonymousAccess>() is not null).Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(["/", "/assets/{name}", "/healthz"], open.Order(StringComparer.Ordinal));
    }

    // The host says when it is built; other tests build hosts of their own beside this one.
    private sealed class HostBuilt : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<IDisposable> _subscriptions = [];

        public HostBuilt() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public Task<IHost> Host => _host.Task;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                lock (_subscriptions)
                {
                    _subscriptions.Add(value.Subscribe(this));
                }
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilt", Value: IHost host } && host.Services.GetService<ApiAuthenticationMiddleware>() is not null)
            {
                _host.TrySetResult(host);
            }
        }

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }

        public void Dispose()
        {
            lock (_subscriptions)
            {
                _subscriptions.ForEach(subscription => subscription.Dispose());
            }
        }
    }
}
