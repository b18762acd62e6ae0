namespace LambdaChat.Streaming.EventStream;

/// <summary>One header of a message. Its spans are valid as long as the message.</summary>
public readonly ref struct EventStreamHeader
{
    internal EventStreamHeader(ReadOnlySpan<byte> name, EventStreamHeaderType type, ReadOnlySpan<byte> value)
    {
        Name = name;
        Type = type;
        Value = value;
    }

    /// <summary>The name in UTF-8, at most 255 bytes.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The type of the value.</summary>
    public EventStreamHeaderType Type { get; }

    /// <summary>The value's bytes as on the wire, without a length in front.</summary>
    public ReadOnlySpan<byte> Value { get; }

    internal bool IsString(ReadOnlySpan<byte> name) => Type == EventStreamHeaderType.String && Name.SequenceEqual(name);
}
