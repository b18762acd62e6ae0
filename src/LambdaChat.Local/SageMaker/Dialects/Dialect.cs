using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>How one kind of model server writes what the model says.</summary>
internal abstract class Dialect(RecordFormat format)
{
    public RecordFormat Format { get; } = format;

    /// <summary>The documents of a streamed reply. Made one by one, as the model speaks.</summary>
    public abstract IEnumerable<JsonNode> Stream(ModelReply reply);

    /// <summary>The reply in one piece.</summary>
    public abstract JsonNode Complete(ModelReply reply);

    /// <summary>What the server writes where its engine fails in the middle of a reply.</summary>
    /// <param name="message">The engine's words, or an error in OpenAI's shape.</param>
    public virtual byte[] Fail(string message) => Format.Write(message, ends: true);
}
