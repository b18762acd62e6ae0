using System.Text.Json.Nodes;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.Local.SageMaker.Dialects;

/// <summary>The wire format of one model server.</summary>
internal abstract class Dialect(RecordFormat format)
{
    public RecordFormat Format { get; } = format;

    /// <summary>True for a server that parses tool calls.</summary>
    public virtual bool CallsTools => false;

    /// <summary>The documents of a streamed reply, created one at a time while the reply is sent.</summary>
    public abstract IEnumerable<JsonNode> Stream(ModelReply reply);

    /// <summary>The non-streaming reply.</summary>
    public abstract JsonNode Complete(ModelReply reply);

    /// <summary>The bytes that the server writes if its engine fails inside a reply.</summary>
    /// <param name="message">The engine's message, or an error object in OpenAI's format.</param>
    public virtual byte[] Fail(string message) => Format.Write(message, ends: true);
}
