using System.Net;
using System.Net.Sockets;

namespace LambdaChat.Local.Hosting;

/// <summary>A bare web server inside this process: no logs, no reaction to signals, no limit on bodies and on the time they take.</summary>
internal static class LoopbackServer
{
    public static WebApplication Create(IPAddress address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null; // A model may think for minutes.
            kestrel.Limits.MinResponseDataRate = null;
        });
        return builder.Build();
    }

    /// <summary>Where to call it: a server that listens on every address is called on loopback.</summary>
    public static Uri UrlToCall(this WebApplication app)
    {
        var url = new UriBuilder(app.Urls.Single());
        url.Host = url.Host switch
        {
            "0.0.0.0" => "127.0.0.1",
            "[::]" => "[::1]",
            var host => host,
        };
        return url.Uri;
    }

    /// <exception cref="LocalException">The port is taken, or the address is another machine's.</exception>
    public static async Task ListenAsync(this WebApplication app, IPAddress address, int port)
    {
        try
        {
            await app.StartAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode is
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.InvalidArgument)
        {
            throw new LocalException($"--bind must be an address of this machine: {address} is none.");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new LocalException($"Nothing can listen on port {port}: {exception.Message.TrimEnd('.')}. Name another with --port or --sagemaker-port; 0 takes a free one.");
        }
    }

    /// <summary>Ends at once; an answer under way is cut off.</summary>
    public static async ValueTask StopNowAsync(this WebApplication app)
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
