using LambdaChat.Hosting;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.Responses;
using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Lambda;

/// <summary>Takes one invocation after the other and gives each to the application.</summary>
internal sealed partial class InvocationLoop<TContext>(
    IHttpApplication<TContext> application,
    LambdaEnvironment environment,
    TimeProvider timeProvider,
    ILogger logger) : IDisposable
    where TContext : notnull
{
    private readonly RuntimeApiClient _runtimeApi = new(environment, timeProvider);

    /// <summary>Runs until it is stopped; an invocation under way is finished first.</summary>
    /// <exception cref="IOException">The Runtime API is gone.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var invocation = await _runtimeApi.GetNextAsync(stopping);
            try
            {
                await AnswerAsync(invocation);
            }
            catch (UnknownEventException exception)
            {
                UnknownEvent(invocation.RequestId, exception.Message);
                await ReportAsync(invocation.RequestId, new InvocationError("Function.UnknownEvent", exception.Message));
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                InvocationLost(invocation.RequestId, exception); // Nobody is there to take a report of it.
            }
            catch (Exception exception) // The server loop outlives every invocation.
            {
                InvocationLost(invocation.RequestId, exception);
                await ReportAsync(invocation.RequestId, InvocationError.Of(exception));
            }
        }
    }

    public void Dispose() => _runtimeApi.Dispose();

    private async Task AnswerAsync(Invocation invocation)
    {
        var httpEvent = HttpEvent.Parse(invocation.Event.Span);
        using var lifetime = new InvocationLifetime(invocation.Deadline, timeProvider);
        using ResponseChannel channel = environment.IsSamLocal
            ? new BufferedChannel(_runtimeApi, invocation.RequestId, httpEvent.Format)
            : new StreamingChannel(_runtimeApi, invocation.RequestId, httpEvent.Format, lifetime.LoseClient);
        var response = new LambdaResponse(channel);
        var context = application.CreateContext(CreateFeatures(invocation, httpEvent, lifetime, response));
        Exception? error = null;
        try
        {
            await application.ProcessRequestAsync(context);
            if (lifetime.IsAborted)
            {
                await channel.FailAsync(new InvocationError("Function.Aborted", "The answer was given up before its end."));
            }
            else
            {
                await response.CompleteAsync();
            }
        }
        catch (Exception exception)
        {
            error = exception;
            RequestFailed(invocation.RequestId, exception);
            await channel.FailAsync(InvocationError.Of(exception));
        }
        finally
        {
            await response.FireOnCompletedAsync();
            application.DisposeContext(context, error);
        }
    }

    private static FeatureCollection CreateFeatures(
        Invocation invocation,
        HttpEvent httpEvent,
        InvocationLifetime lifetime,
        LambdaResponse response)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(httpEvent.ToRequest());
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature { TraceIdentifier = invocation.RequestId });
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = httpEvent.RemoteIpAddress });
        features.Set<IHttpRequestLifetimeFeature>(lifetime);
        features.Set<IHttpRequestTimeoutFeature>(lifetime);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        if (invocation.TraceId is not null)
        {
            features.Set(new InvocationTrace(invocation.TraceId));
        }

        if (httpEvent.Iam is { } iam)
        {
            features.Set(iam);
        }

        return features;
    }

    private async Task ReportAsync(string requestId, InvocationError error)
    {
        try
        {
            await _runtimeApi.ReportErrorAsync(requestId, error, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            InvocationLost(requestId, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} has an unknown event. {Reason}")]
    private partial void UnknownEvent(string requestId, string reason);

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} failed.")]
    private partial void RequestFailed(string requestId, Exception exception);

    [LoggerMessage(LogLevel.Error, "The answer to invocation {RequestId} was lost.")]
    private partial void InvocationLost(string requestId, Exception exception);
}
