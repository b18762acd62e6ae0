using System.Net.Sockets;
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
    LambdaServerSettings settings,
    TimeProvider timeProvider,
    ILogger logger) : IDisposable
    where TContext : notnull
{
    private const string UnknownEventMessage =
        "The event is not an HTTP request of a function URL, an API of API Gateway or a load balancer. " +
        "The folder tests/events has sample events.";

    private static readonly byte[] EmptyDocument = "{}"u8.ToArray();

    private readonly RuntimeApiClient _runtimeApi = new(environment, timeProvider);

    // With concurrent invocations, timers of the thread pool are used. Tests use the timers of their own clock.
    private readonly TimerThread? _commentTimer =
        environment.MaxConcurrency == 1 && timeProvider == TimeProvider.System ? new TimerThread() : null;

    private bool _isBufferingLogged;

    /// <summary>Runs until it is stopped. A running invocation ends first.</summary>
    /// <exception cref="IOException">The Runtime API does not respond.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var invocation = await _runtimeApi.GetNextAsync(stopping);
            ResponseLimit? limit = null;
            try
            {
                limit = _runtimeApi.LimitResponse(invocation);
                await DispatchAsync(invocation);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                ResponseLost(invocation.RequestId, exception); // The Runtime API is unreachable, so the error cannot be reported.
            }
            catch (Exception exception) // The loop continues after any failure of an invocation.
            {
                InvocationFailed(invocation.RequestId, exception);
                await ReportAsync(invocation, InvocationError.Of(exception));
            }
            finally
            {
                limit?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _runtimeApi.Dispose();
        _commentTimer?.Dispose();
    }

    private async Task DispatchAsync(Invocation invocation)
    {
        var lambdaEvent = LambdaEvent.Parse(invocation.Event.Span);
        switch (lambdaEvent.Kind)
        {
            case EventKind.Http:
                await RunAsync(invocation, lambdaEvent);
                break;
            case EventKind.InvalidPath:
                await RefuseAsync(invocation, lambdaEvent);
                break;
            case EventKind.WarmUp:
                await _runtimeApi.RespondAsync(invocation, EmptyDocument, CancellationToken.None);
                break;
            default:
                UnknownEvent(invocation.RequestId);
                await ReportAsync(invocation, new InvocationError("Function.UnknownEvent", UnknownEventMessage));
                break;
        }
    }

    private async Task RunAsync(Invocation invocation, LambdaEvent lambdaEvent)
    {
        using var lifetime = new InvocationLifetime(invocation.Deadline, timeProvider);
        using var channel = CreateChannel(invocation, lambdaEvent.Format, lifetime);
        var response = new LambdaResponse(channel);
        var context = application.CreateContext(CreateFeatures(invocation, lambdaEvent, lifetime, response));
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
            await WaitAsync(EndAsync(invocation, context, response, error), invocation);
        }

        if (channel.Failure is { } failure)
        {
            ResponseRefused(invocation.RequestId, failure.TrimEnd('.'));
        }
    }

    // The work that follows the response, such as the settlement of limits and the end of a stored reply.
    private async Task EndAsync(Invocation invocation, TContext context, LambdaResponse response, Exception? error)
    {
        await response.FireOnCompletedAsync(invocation.RequestId, logger);
        application.DisposeContext(context, error);
    }

    // The work can wait for a table for several seconds, and only Lambda's deadline says how many are left.
    private async ValueTask WaitAsync(Task ending, Invocation invocation)
    {
        if (!ending.IsCompleted && invocation.Deadline is { } deadline)
        {
            await ending.WaitAsync(DeadlineMargin.UntilPoll(deadline, timeProvider), timeProvider)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ending.IsCompleted)
            {
                WorkContinues(invocation.RequestId);
                return;
            }
        }

        await ending;
    }

    // Like Kestrel, this responds before the application receives the request.
    private async Task RefuseAsync(Invocation invocation, LambdaEvent lambdaEvent)
    {
        using var lifetime = new InvocationLifetime(invocation.Deadline, timeProvider);
        using var channel = CreateChannel(invocation, lambdaEvent.Format, lifetime);
        await new LambdaResponse(channel) { StatusCode = StatusCodes.Status400BadRequest }.CompleteAsync();
    }

    private ResponseChannel CreateChannel(Invocation invocation, ResponseFormat format, InvocationLifetime lifetime)
    {
        if (!format.IsStreamed && !_isBufferingLogged)
        {
            _isBufferingLogged = true;
            ResponsesAreBuffered(format.Source);
        }

        return environment.IsSamLocal || !format.IsStreamed
            ? new BufferedChannel(_runtimeApi, invocation, format)
            : new StreamingChannel(_runtimeApi, invocation, format, CreateComment, lifetime.CancelRequest);
    }

    private FlushComment? CreateComment(RuntimeApiConnection connection) =>
        settings.FlushCommentDelay > TimeSpan.Zero
            ? new FlushComment(connection, settings.FlushCommentDelay, _commentTimer ?? timeProvider)
            : null;

    private static FeatureCollection CreateFeatures(
        Invocation invocation,
        LambdaEvent lambdaEvent,
        InvocationLifetime lifetime,
        LambdaResponse response)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(lambdaEvent.ToRequest());
        features.Set<IHttpRequestIdentifierFeature>(new HttpRequestIdentifierFeature { TraceIdentifier = invocation.RequestId });
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = lambdaEvent.RemoteIpAddress });
        features.Set<IHttpRequestLifetimeFeature>(lifetime);
        features.Set<IHttpRequestTimeoutFeature>(lifetime);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IUnsentBodyFeature>(response);
        features.Set<ICommentFeature>(response);
        if (invocation.TraceId is not null)
        {
            features.Set(new InvocationTrace(invocation.TraceId));
        }

        if (lambdaEvent.Iam is { } iam)
        {
            features.Set(iam);
        }

        return features;
    }

    private async Task ReportAsync(Invocation invocation, InvocationError error)
    {
        try
        {
            await _runtimeApi.ReportErrorAsync(invocation, error, CancellationToken.None);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            ResponseLost(invocation.RequestId, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} has an unsupported event. " + UnknownEventMessage)]
    private partial void UnknownEvent(string requestId);

    [LoggerMessage(LogLevel.Warning, "Responses to a {Source} are not streamed: it accepts buffered responses only.")]
    private partial void ResponsesAreBuffered(EventSource source);

    [LoggerMessage(LogLevel.Error, "The Runtime API did not accept the response to invocation {RequestId}: {Failure}.")]
    private partial void ResponseRefused(string requestId, string failure);

    [LoggerMessage(
        LogLevel.Warning,
        "The work after the response to invocation {RequestId} did not end before the deadline. It continues during the next invocation.")]
    private partial void WorkContinues(string requestId);

    [LoggerMessage(LogLevel.Error, "Invocation {RequestId} failed.")]
    private partial void InvocationFailed(string requestId, Exception exception);

    [LoggerMessage(LogLevel.Error, "The response to invocation {RequestId} was lost, because the connection to the Runtime API failed.")]
    private partial void ResponseLost(string requestId, Exception exception);
}
