using LambdaChat.Hosting;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.Responses;
using LambdaChat.Lambda.RuntimeApi;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace LambdaChat.Lambda;

/// <summary>Polls for invocations and runs the application for each, one after another.</summary>
internal sealed partial class InvocationLoop<TContext>(
    IHttpApplication<TContext> application,
    LambdaEnvironment environment,
    TimeProvider timeProvider,
    ILogger logger) : IDisposable
    where TContext : notnull
{
    private readonly RuntimeApiClient _runtimeApi = new(environment, timeProvider);

    /// <summary>Runs until it is stopped. A running invocation ends first.</summary>
    /// <exception cref="IOException">The Runtime API does not respond.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var invocation = await _runtimeApi.GetNextAsync(stopping);
            try
            {
                await RunInvocationAsync(invocation);
            }
            catch (UnknownEventException exception)
            {
                UnknownEvent(invocation.RequestId, exception.Message);
                await ReportAsync(invocation.RequestId, new InvocationError("Function.UnknownEvent", exception.Message));
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
            {
                ResponseLost(invocation.RequestId, exception); // The Runtime API is unreachable, so the error cannot be reported.
            }
            catch (Exception exception) // The loop continues after any failure of an invocation.
            {
                InvocationFailed(invocation.RequestId, exception);
                await ReportAsync(invocation.RequestId, InvocationError.Of(exception));
            }
        }
    }

    public void Dispose() => _runtimeApi.Dispose();

    private async Task RunInvocationAsync(Invocation invocation)
    {
        var httpEvent = HttpEvent.Parse(invocation.Event.Span);
        using var lifetime = new InvocationLifetime(invocation.Deadline, timeProvider);
        using ResponseChannel channel = environment.IsSamLocal
            ? new BufferedChannel(_runtimeApi, invocation.RequestId, httpEvent.Format)
            : new StreamingChannel(_runtimeApi, invocation.RequestId, httpEvent.Format, lifetime.CancelRequest);
        var response = new LambdaResponse(channel);
        var context = application.CreateContext(CreateFeatures(invocation, httpEvent, lifetime, response));
        Exception? error = null;
        try
        {
            await application.ProcessRequestAsync(context);
            if (lifetime.IsAborted)
            {
                await channel.FailAsync(new InvocationError("Function.Aborted", "The handler aborted the response."));
            }
            else
            {
                await response.CompleteAsync();
            }
        }
        catch (Exception exception)
        {
            error = exception;
            InvocationFailed(invocation.RequestId, exception);
            await channel.FailAsync(InvocationError.Of(exception));
        }
        finally
        {
            await response.FireOnCompletedAsync(logger);
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
            ResponseLost(requestId, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} has an unsupported event. {Reason}")]
    private partial void UnknownEvent(string requestId, string reason);

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} failed.")]
    private partial void InvocationFailed(string requestId, Exception exception);

    [LoggerMessage(LogLevel.Error, "The response to invocation {RequestId} was lost, because the connection to the Runtime API failed.")]
    private partial void ResponseLost(string requestId, Exception exception);
}
