using System.Net;
using System.Net.Sockets;

namespace LambdaChat.Local.Hosting;

/// <summary>A minimal web server inside the process: no logs, no signal handling, no limits for body size and duration.</summary>
internal static class LoopbackServer
{
    public static WebApplication Create(IPAddress address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true); // A write is sent by its own thread.
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null; // A reply can pause for minutes.
            kestrel.Limits.MinResponseDataRate = null;
        });
        return builder.Build();
    }

    /// <summary>The URL for clients. A server that listens on every address is called on the loopback address.</summary>
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

    /// <param name="option">The option that sets the port.</param>
    /// <exception cref="LocalException">The port is in use, or the address does not belong to this machine.</exception>
    public static async Task ListenAsync(this WebApplication app, IPAddress address, int port, string option = "port")
    {
        try
        {
            await app.StartAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode is
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.InvalidArgument)
        {
            throw new LocalException($"--bind must be an address of this machine. {address} is not.");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new LocalException(
                $"Cannot listen on port {port}: {exception.Message.TrimEnd('.')}. Set another with --{option}; 0 selects a free port.");
        }
    }

    /// <summary>Stops the server and aborts running responses.</summary>
    public static async ValueTask StopNowAsync(this WebApplication app)
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
