using System.Net;

namespace LambdaChat.Local;

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

    /// <exception cref="LocalException">The port is taken.</exception>
    public static async Task StartOnPortAsync(this WebApplication app, int port)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception)
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
