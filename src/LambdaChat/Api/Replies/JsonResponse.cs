using System.Buffers;
using System.IO.Pipelines;
using LambdaChat.Failures;

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
    public async Task EndAsync(ReplyFailure? failure, Action<IBufferWriter<byte>> write)
    {
        if (failure is not null && !_isStarted)
        {
            await failure.ToOpenAI().WriteAsync(response);
            return;
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
