using System.Net.Sockets;
using LambdaChat.Hosting;
using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Hosting.Server;

namespace LambdaChat.Lambda;

internal static class LambdaServerExtensions
{
    /// <summary>Serves the invocations of the Runtime API.</summary>
    public static void AddLambdaServer(this WebApplicationBuilder builder, LambdaEnvironment environment, LambdaServerSettings settings)
    {
        RunSocketContinuationsInline(environment);
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<IServer, LambdaServer>();
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
    }

    /// <summary>Reports to Lambda that the function cannot start.</summary>
    /// <param name="environment">The Lambda environment.</param>
    /// <param name="type">The error type, such as <c>Function.Configuration</c>.</param>
    /// <param name="message">A sentence for Lambda's log.</param>
    public static async Task ReportInitErrorAsync(LambdaEnvironment environment, string type, string message)
    {
        using var runtimeApi = new RuntimeApiClient(environment, TimeProvider.System);
        try
        {
            await runtimeApi.ReportInitErrorAsync(new InvocationError(type, message), CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync("The Runtime API did not accept the init error.");
        }
    }

    // With a single invocation, continuations may run inline on the socket polling thread. This saves a thread switch per token, two thirds
    // of its CPU time. With a single polling thread, the acknowledgement of a response and the next invocation continue on the thread that
    // sent the response. .NET reads the variables once, before the first socket.
    private static void RunSocketContinuationsInline(LambdaEnvironment environment)
    {
        if (environment.MaxConcurrency == 1)
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
        }
    }
}
