using System.Globalization;

namespace LambdaChat.Streaming.Sse;

/// <summary>
/// The fields of the current event, and the id and the reconnection time that the stream keeps for further events.
/// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
/// </summary>
internal sealed class SseBlock(SseCaps caps, bool isLenient) : IDisposable
{
    private const int MaximumComments = 4096; // Bytes of a block.

    private readonly ByteBuffer _data = SseCaps.CreateBuffer(caps.EventLength); // The data lines, joined.
    private readonly ByteBuffer _type = SseCaps.CreateBuffer(caps.LineLength);
    private readonly ByteBuffer _lastEventId = SseCaps.CreateBuffer(caps.LineLength);
    private ByteBuffer? _comments;

    /// <summary>True once the block has a data line.</summary>
    public bool HasData { get; private set; }

    /// <summary>The data lines so far, joined.</summary>
    public ReadOnlySpan<byte> Data => _data.Span;

    /// <summary>True once a line of the block has been read.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>The id of the last event that had one.</summary>
    public ReadOnlySpan<byte> LastEventId => _lastEventId.Span;

    /// <summary>The last reconnection time that the stream set, in milliseconds.</summary>
    public long? ReconnectionTime { get; private set; }

    /// <summary>True for the names of the specification's fields, and <c>error</c>.</summary>
    public static bool IsField(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("data"u8) || name.SequenceEqual("event"u8) || name.SequenceEqual("id"u8) || name.SequenceEqual("retry"u8)
        || name.SequenceEqual("error"u8);

    /// <summary>A line of the block has been read.</summary>
    public void Begin() => IsUnderWay = true;

    /// <summary>Takes one field.</summary>
    /// <exception cref="SseLimitException">The event is above its cap.</exception>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("data"u8))
        {
            AppendData(value);
        }
        else if (name.SequenceEqual("event"u8))
        {
            _type.Clear();
            caps.Append(_type, value, SseLimit.Line);
        }
        else if (name.SequenceEqual("id"u8))
        {
            SetLastEventId(value);
        }
        else if (name.SequenceEqual("retry"u8))
        {
            SetReconnectionTime(value);
        }
        else if (isLenient && name.SequenceEqual("error"u8))
        {
            Add("event"u8, "error"u8);
            AppendData(value);
        }
        else if (isLenient && name.IsEmpty)
        {
            AppendComment(value);
        }

        // Spec: "Otherwise: The field is ignored."
    }

    /// <summary>Ends the block at its blank line; false if it makes no event.</summary>
    public bool TryDispatch(out SseEvent sseEvent)
    {
        // NVIDIA Dynamo writes the message of an error as a comment: https://github.com/ai-dynamo/dynamo/pull/8674
        if (isLenient && !HasData && _type.Span.SequenceEqual("error"u8))
        {
            AppendData(_comments is { Length: > 0 } ? _comments.Span : "unspecified error"u8);
        }

        // Spec: "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return."
        // Spec: "if the event type buffer has a value other than the empty string, change the type of the newly created event to equal the
        // value of the event type buffer."
        sseEvent = HasData ? new SseEvent(_type.Length > 0 ? _type.Span : "message"u8, _data.Span, _lastEventId.Span) : default;
        var hadData = HasData;
        _data.Clear();
        _type.Clear();
        _comments?.Clear();
        HasData = false;
        IsUnderWay = false;
        return hadData;
    }

    public void Dispose()
    {
        _data.Return();
        _type.Return();
        _comments?.Return();
        _lastEventId.Return();
    }

    // Spec: "Append the field value to the data buffer, then append a single U+000A LINE FEED (LF) character to the data buffer", and at
    // the dispatch "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove the last character".
    private void AppendData(ReadOnlySpan<byte> value)
    {
        if (HasData)
        {
            caps.Append(_data, "\n"u8, SseLimit.Event);
        }

        caps.Append(_data, value, SseLimit.Event);
        HasData = true;
    }

    // A longer message is cut.
    private void AppendComment(ReadOnlySpan<byte> value)
    {
        _comments ??= SseCaps.CreateBuffer(MaximumComments);
        var room = MaximumComments - _comments.Length - 1;
        if (room > 0 && !value.IsEmpty)
        {
            _comments.Append(_comments.Length > 0 ? "\n"u8 : default);
            _comments.Append(value[..Math.Min(value.Length, room)]);
        }
    }

    // Spec: "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value. Otherwise, ignore the
    // field."
    private void SetLastEventId(ReadOnlySpan<byte> value)
    {
        if (!value.Contains((byte)0))
        {
            _lastEventId.Clear();
            caps.Append(_lastEventId, value, SseLimit.Line);
        }
    }

    // Spec: "If the field value consists of only ASCII digits, then interpret the field value as an integer in base ten […] Otherwise,
    // ignore the field."
    private void SetReconnectionTime(ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9') &&
            long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            ReconnectionTime = milliseconds;
        }
    }
}
