using System.Buffers;
using System.IO.Pipelines;
using LambdaChat.Failures;
using LambdaChat.Hosting;

namespace LambdaChat.Api.Replies;

/// <summary>A response of one JSON document. The status is sent with the complete document, or with the first heartbeat.</summary>
internal sealed class JsonResponse(HttpResponse response)
{
    private const int MaximumUnflushed = 64 * 1024; // Bytes. The response never holds a second copy of the document.

    private bool _isStarted;

    /// <summary>Bytes of the body that were sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>True after a failure whose status could not be sent: the response must be aborted.</summary>
    public bool MustAbort { get; private set; }

    /// <summary>Sends a line end, because white space before a JSON text is ignored. The first one commits status 200.</summary>
    public async ValueTask SendHeartbeatAsync()
    {
        Start();
        response.BodyWriter.Write("\n"u8);
        await FlushAsync();
    }

    /// <summary>Sends the document, or the failure with its status. After a heartbeat nothing is sent for a failure.</summary>
    /// <returns>The failure of the response; null if the document was sent.</returns>
    public async Task<ReplyFailure?> EndAsync(ReplyFailure? failure, IReadOnlyList<ReadOnlyMemory<byte>> document)
    {
        if (response.HttpContext.Features.Get<IUnsentBodyFeature>() is { } unsent && !unsent.HasRoom(document))
        {
            failure ??= new ReplyFailure(FailureKind.ReplyTooLong); // Written completely or not at all.
        }

        if (failure is null)
        {
            Start();
            await WriteAsync(document);
        }
        else if (_isStarted)
        {
            MustAbort = failure.Kind != FailureKind.ClientGone;
        }
        else
        {
            await failure.ToError().WriteAsync(response);
        }

        return failure;
    }

    // The status is that of a complete document, so only the client can end the response early.
    private async Task WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> document)
    {
        var unflushed = 0;
        foreach (var piece in document)
        {
            for (var rest = piece; rest.Length > 0;)
            {
                var length = Math.Min(rest.Length, MaximumUnflushed - unflushed);
                response.BodyWriter.Write(rest[..length].Span);
                rest = rest[length..];
                unflushed = (unflushed + length) % MaximumUnflushed;
                if (unflushed == 0 && (await FlushAsync()).IsCompleted)
                {
                    return;
                }
            }
        }

        await FlushAsync();
    }

    private ValueTask<FlushResult> FlushAsync()
    {
        SentBytes += response.BodyWriter.CanGetUnflushedBytes ? response.BodyWriter.UnflushedBytes : 0;
        return response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private void Start()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            response.ContentType = "application/json; charset=utf-8";
            response.Headers.CacheControl = "no-store";
        }
    }
}
