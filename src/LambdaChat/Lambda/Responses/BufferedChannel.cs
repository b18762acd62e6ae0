using System.Buffers;
using LambdaChat.Lambda.Events;
using LambdaChat.Lambda.RuntimeApi;

namespace LambdaChat.Lambda.Responses;

/// <summary>
/// Sends the response as one JSON document: under <c>sam local</c>, to senders that do not accept streams, and without a body.
/// </summary>
internal sealed class BufferedChannel(RuntimeApiClient runtimeApi, Invocation invocation, ResponseFormat format)
    : ResponseChannel(MaximumLength)
{
    // Lambda's limit of a buffered response, in bytes.
    private const int MaximumLength = 6 * 1024 * 1024;

    private bool _isComplete;
    private int _measured; // The bytes of the body that _length already counts.
    private long _length; // Their length as a JSON string.

    public override bool HasRoom(ReadOnlySpan<byte> bytes)
    {
        MeasureBody();
        return _length + JsonBody.Measure(bytes) <= MaximumLength - Reserve;
    }

    public override bool HasRoom(IReadOnlyList<ReadOnlyMemory<byte>> document)
    {
        MeasureBody();
        return _length + document.Sum(static piece => JsonBody.Measure(piece.Span)) <= MaximumLength - Reserve;
    }

    public override void DiscardBody()
    {
        base.DiscardBody();
        (_measured, _length) = (0, 0);
    }

    public override ValueTask<bool> FlushAsync(LambdaResponse response, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public override async ValueTask CompleteAsync(LambdaResponse response)
    {
        if (!_isComplete)
        {
            _isComplete = true;
            Failure = await RespondAsync(runtimeApi, invocation, format, response, Body.Span);
        }
    }

    public override async ValueTask FailAsync(InvocationError error)
    {
        if (!_isComplete)
        {
            _isComplete = true;
            await runtimeApi.ReportErrorAsync(invocation, error, CancellationToken.None);
        }
    }

    /// <summary>Sends a buffered response. Returns null if the Runtime API accepts it, otherwise the reason.</summary>
    public static Task<string?> RespondAsync(
        RuntimeApiClient runtimeApi,
        Invocation invocation,
        ResponseFormat format,
        LambdaResponse response,
        ReadOnlySpan<byte> body)
    {
        var json = new ArrayBufferWriter<byte>();
        ResponsePrelude.WriteBuffered(json, format, response.StatusCode, response.Headers, body);
        return SendAsync(runtimeApi, invocation, json.WrittenMemory);
    }

    private void MeasureBody()
    {
        _length += JsonBody.Measure(Body.Span[_measured..]);
        _measured = Body.Length;
    }

    // After a refused response, the invocation is still open.
    private static async Task<string?> SendAsync(RuntimeApiClient runtimeApi, Invocation invocation, ReadOnlyMemory<byte> json)
    {
        var status = await runtimeApi.RespondAsync(invocation, json, CancellationToken.None);
        if (status < StatusCodes.Status300MultipleChoices)
        {
            return null;
        }

        var error = new InvocationError("Function.ResponseRefused", $"Lambda refused the response with status {status}.");
        await runtimeApi.ReportErrorAsync(invocation, error, CancellationToken.None);
        return $"status {status}";
    }
}
