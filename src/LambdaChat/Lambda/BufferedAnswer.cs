using System.Buffers;

namespace LambdaChat.Lambda;

/// <summary>One JSON document at the end: what <c>sam local</c> understands, and what an answer without a body needs everywhere.</summary>
internal sealed class BufferedAnswer(RuntimeApi runtimeApi, string requestId, PayloadFormat format) : InvocationAnswer
{
    private bool _isComplete;

    public override ValueTask<bool> FlushAsync(InvocationResponse response, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public override async ValueTask CompleteAsync(InvocationResponse response)
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

    public static Task RespondAsync(RuntimeApi runtimeApi, string requestId, PayloadFormat format, InvocationResponse response, ReadOnlySpan<byte> body)
    {
        var json = new ArrayBufferWriter<byte>();
        ResponsePrelude.WriteBuffered(json, format, response.StatusCode, response.Headers, body);
        return runtimeApi.RespondAsync(requestId, json.WrittenMemory, CancellationToken.None);
    }
}
