using System.Net.Sockets;
using System.Runtime.CompilerServices;
using LambdaChat.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LambdaChat.Kestrel;

internal static class KestrelExtensions
{
    private const string DefaultAddress = "http://localhost:5000"; // Kestrel's own default.
    private const double MinimumBodyBytesPerSecond = 4096;

    private static readonly TimeSpan BodyGracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Serves HTTP with Kestrel on the addresses of <c>URLS</c>, within <see cref="KestrelLimits"/>. The process ends at once if memory
    /// runs out or the listener fails, so that its supervisor restarts it. Otherwise it would stay alive without accepting connections.
    /// </summary>
    /// <exception cref="ConfigurationException">A setting is invalid.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // Kestrel's assemblies load only when this method is compiled.
    public static void AddKestrelServer(this WebApplicationBuilder builder)
    {
        var limits = KestrelLimits.Read(builder.Configuration, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        KestrelAddresses.Check(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, limits));

        // The thread of the pool that has received a token also sends it. Only asynchronous code runs on it.
        builder.Services.Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(provider => new WatchedListenerFactory(
            provider.GetRequiredService<SocketTransportFactory>(),
            static exception => Environment.FailFast("The listener failed.", exception)));
        builder.Services.AddHostedService<GenerationOneCollector>();
        AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) =>
        {
            if (thrown.Exception is OutOfMemoryException)
            {
                Environment.FailFast("The process is out of memory.");
            }
        };
    }

    /// <summary>Runs the application until the process is told to stop.</summary>
    /// <exception cref="ConfigurationException">The server cannot listen on an address of <c>URLS</c>.</exception>
    public static async Task RunKestrelAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            var addresses = string.IsNullOrEmpty(app.Configuration["URLS"]) ? DefaultAddress : app.Configuration["URLS"];
            throw new ConfigurationException($"URLS: cannot listen on {addresses}: {exception.Message.TrimEnd('.')}.");
        }

        await app.WaitForShutdownAsync();
    }

    private static void Configure(KestrelServerOptions options, KestrelLimits limits)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = limits.Connections;
        options.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        options.Limits.MaxRequestHeaderCount = limits.Headers;
        options.Limits.RequestHeadersTimeout = limits.HeadersTimeout;
        options.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        options.Limits.MinRequestBodyDataRate = new MinDataRate(MinimumBodyBytesPerSecond, BodyGracePeriod);
    }
}
