namespace LambdaChat.Streaming.EventStream;

/// <summary>The value types of a message header, as numbered on the wire.</summary>
public enum EventStreamHeaderType : byte
{
    /// <summary>True, no value bytes.</summary>
    BooleanTrue = 0,

    /// <summary>False, no value bytes.</summary>
    BooleanFalse = 1,

    /// <summary>One byte.</summary>
    Byte = 2,

    /// <summary>Two bytes, big-endian.</summary>
    Int16 = 3,

    /// <summary>Four bytes, big-endian.</summary>
    Int32 = 4,

    /// <summary>Eight bytes, big-endian.</summary>
    Int64 = 5,

    /// <summary>A two-byte length and as many bytes.</summary>
    ByteArray = 6,

    /// <summary>A two-byte length and as many bytes of UTF-8.</summary>
    String = 7,

    /// <summary>Eight bytes: milliseconds since the Unix epoch.</summary>
    Timestamp = 8,

    /// <summary>Sixteen bytes.</summary>
    Uuid = 9,
}
