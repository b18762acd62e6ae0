using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Api.Replies;

/// <summary>A reply as server-sent events.</summary>
internal sealed class SseReply : StreamedReply
{
    private readonly OutputFormat _format;
    private readonly SseEvents _events;
    private ToolCallSplitter? _calls;

    /// <param name="hasIds">True to number the events.</param>
    /// <param name="after">The number of the last event that the client has; -1 for none.</param>
    public SseReply(HttpResponse http, OutputFormat format, bool hasIds = false, long after = -1)
        : base(http, hasIds)
    {
        _format = format;
        _events = new SseEvents(Response.Output) { HasIds = hasIds, After = after };
    }

    public override bool Write(ReadOnlySpan<byte> chunk)
    {
        if (!_format.HasTools || !ToolCallSplitter.MayDivide(chunk))
        {
            return WriteEvent(chunk);
        }

        _calls ??= new ToolCallSplitter();
        var parts = _calls.Read(chunk);
        if (parts == 1)
        {
            return WriteEvent(chunk);
        }

        for (var i = 0; i < parts; i++)
        {
            if (!WriteEvent(_calls.Write(chunk, i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Starts the response. A later failure is then sent as an event.</summary>
    public void Start() => Response.Start();

    protected override void WriteEnd(ReplyEnd end)
    {
        Response.Start();
        if (end.Failure is not null)
        {
            InStreamError.Write(_events, end.Failure.ToError(), _format, end.Id);
        }

        SseWriter.WriteDone(Response.Output);
    }

    private bool WriteEvent(ReadOnlySpan<byte> chunk)
    {
        if (_events.IsWanted && !Response.TryBegin(chunk))
        {
            return false;
        }

        _events.Write(chunk);
        return true;
    }
}
