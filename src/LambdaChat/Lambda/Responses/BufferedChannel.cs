using System.Buffers;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>Sends the response as one JSON document: under <c>sam local</c>, and for responses without a body.</summary>
internal sealed class BufferedChannel(RuntimeApiClient runtimeApi, string requestId, PayloadFormat format) : ResponseChannel
{
    private bool _isComplete;

    public override ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public override async ValueTask CompleteAsync(LambdaResponse response)
    {
        if (!_isComplete)
        {
            _isComplete = true;
            await RespondAsync(runtimeApi, requestId, format, response, Body.Span);
        }
    }

    public override async ValueTask FailAsync(InvocationError error)
    {
        if (!_isComplete)
        {
            _isComplete = true;
            await runtimeApi.ReportErrorAsync(requestId, error, CancellationToken.None);
        }
    }

    public static Task RespondAsync(
        RuntimeApiClient runtimeApi,
        string requestId,
        PayloadFormat format,
        LambdaResponse response,
        ReadOnlySpan<byte> body)
    {
        var json = new ArrayBufferWriter<byte>();
        ResponsePrelude.WriteBuffered(json, format, response.StatusCode, response.Headers, body);
        return runtimeApi.RespondAsync(requestId, json.WrittenMemory, CancellationToken.None);
    }
}
