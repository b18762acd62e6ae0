using System.Buffers;
using System.IO.Pipelines;
using LambdaChat.Failures;
using LambdaChat.Hosting;

namespace LambdaChat.Api.Replies;

/// <summary>An answer of one JSON text that may take long.</summary>
internal sealed class JsonResponse(HttpResponse response)
{
    private bool _isStarted;

    /// <summary>Bytes of the body that were sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Sends a line end: white space in front of a JSON text means nothing. The first one commits status 200.</summary>
    public async ValueTask SendHeartbeatAsync()
    {
        Start();
        response.BodyWriter.Write("\n"u8);
        await FlushAsync();
    }

    /// <summary>Sends the text, or the failure: with its status where that is still open.</summary>
    /// <returns>The failure that was sent; null for the text.</returns>
    public async Task<ReplyFailure?> EndAsync(ReplyFailure? failure, Action<IBufferWriter<byte>> write)
    {
        if (failure is null && response.HttpContext.Features.Get<IUnsentBodyFeature>() is { } unsent)
        {
            var text = new ArrayBufferWriter<byte>(); // Written completely or not at all.
            write(text);
            failure = unsent.HasRoom(text.WrittenSpan) ? null : new ReplyFailure(FailureKind.ReplyTooLong);
            write = output => output.Write(text.WrittenSpan);
        }

        if (failure is not null && !_isStarted)
        {
            await failure.ToOpenAI().WriteAsync(response);
            return failure;
        }

        Start();
        if (failure is null)
        {
            write(response.BodyWriter);
        }
        else
        {
            failure.ToOpenAI().WriteTo(response.BodyWriter);
        }

        await FlushAsync();
        return failure;
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
