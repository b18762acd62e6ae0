namespace LambdaChat.Streaming.EventStream;

/// <summary>What is wrong with a corrupt event-stream message.</summary>
public enum EventStreamError
{
    /// <summary>The CRC-32 of the first eight bytes is not the one that follows them.</summary>
    PreludeChecksumMismatch,

    /// <summary>The CRC-32 of the message is not the one at its end.</summary>
    MessageChecksumMismatch,

    /// <summary>The total length is below the 16 bytes that every message has.</summary>
    LengthTooSmall,

    /// <summary>The total length is above the reader's cap.</summary>
    LengthTooLarge,

    /// <summary>The headers are longer than 128 KiB or than the message has room for.</summary>
    HeadersLengthInvalid,

    /// <summary>A header runs past the end of the header block.</summary>
    HeaderTruncated,

    /// <summary>A header's value type is not one of 0 to 9.</summary>
    HeaderTypeUnknown,
}
