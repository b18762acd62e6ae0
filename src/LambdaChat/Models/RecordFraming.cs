namespace LambdaChat.Models;

/// <summary>How a model server parts the records of a reply.</summary>
internal enum RecordFraming
{
    /// <summary>By the first byte: a JSON text begins with a brace, an event stream never does.</summary>
    Auto,

    /// <summary>Server-sent events.</summary>
    Sse,

    /// <summary>One JSON text a line.</summary>
    JsonLines,

    /// <summary>One JSON text, over as many lines as it likes.</summary>
    Json,
}
