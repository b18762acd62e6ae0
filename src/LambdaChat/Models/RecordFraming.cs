namespace LambdaChat.Models;

/// <summary>How a model server separates the records of a reply.</summary>
internal enum RecordFraming
{
    /// <summary>Detected from the first byte: JSON starts with a brace, and an event stream never does.</summary>
    Auto,

    /// <summary>Server-sent events.</summary>
    Sse,

    /// <summary>One JSON text per line.</summary>
    JsonLines,

    /// <summary>One JSON text, which may span lines.</summary>
    Json,
}
