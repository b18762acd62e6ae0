using System.Runtime.CompilerServices;
using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LambdaChat.Lambda;

internal static class LambdaServerExtensions
{
    /// <summary>Serves the Runtime API inside Lambda, and HTTP with Kestrel anywhere else.</summary>
    public static void AddServer(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (LambdaEnvironment.Read() is { } environment)
        {
            RunContinuationsWhereBytesArrive(environment);
            builder.Services.AddSingleton(environment);
            builder.Services.AddSingleton<IServer, LambdaServer>();
            builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        }
        else
        {
            AddKestrel(builder);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // So that only who calls it loads Kestrel.
    private static void AddKestrel(WebApplicationBuilder builder) =>
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.AddServerHeader = false);

    // With one request at a time nobody waits for the thread that polls the sockets, so it may run the relay itself: a token costs a third
    // of the processor time that waking a thread of the pool for each of its reads takes. Read once, before the first socket.
    private static void RunContinuationsWhereBytesArrive(LambdaEnvironment environment)
    {
        if (environment.MaxConcurrency == 1)
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        }
    }

    /// <summary>Tells Lambda, where there is one, that the function cannot start.</summary>
    public static async Task ReportInitErrorAsync(InvocationError error)
    {
        if (LambdaEnvironment.Read() is not { } environment)
        {
            return;
        }

        using var runtimeApi = new RuntimeApiClient(environment, TimeProvider.System);
        try
        {
            await runtimeApi.ReportInitErrorAsync(error, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync("The Runtime API took no report of the failed start.");
        }
    }
}
