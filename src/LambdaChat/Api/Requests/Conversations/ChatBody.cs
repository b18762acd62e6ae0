using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>Writes a streaming chat completion request: first the messages, then the tools, then what varies between requests.</summary>
internal sealed class ChatBody
{
    private readonly ByteBuffer _json = new(4096);
    private readonly ByteBuffer _tools = new(256);

    /// <param name="root">The request body.</param>
    /// <exception cref="ErrorResponseException">There is no message.</exception>
    public ChatBody(ChatMessages messages, RequestItem root)
    {
        var json = messages.Write();
        if (json.IsEmpty)
        {
            throw new ErrorResponseException(root.Find("messages") is { Raw: [(byte)'[', (byte)']'] }
                ? FieldErrors.EmptyArray("messages")
                : FieldErrors.Invalid("messages", "besides the system messages, at least one must have a text, a file or a tool call"));
        }

        _json.Append("{\"messages\":"u8);
        _json.Append(json.Span);
    }

    /// <summary>Adds a function that the model can call.</summary>
    /// <param name="name">The name, escaped as in JSON.</param>
    /// <param name="tool">
    /// The object with <c>description</c> and <c>parameters</c>, which the AI SDK calls <c>inputSchema</c>. Both may be missing.
    /// </param>
    /// <exception cref="ErrorResponseException">A member has the wrong type.</exception>
    public void AddTool(ReadOnlySpan<byte> name, RequestItem tool)
    {
        _tools.Append(_tools.Length > 0 ? ","u8 : default);
        _tools.Append("{\"type\":\"function\",\"function\":{\"name\":\""u8);
        _tools.Append(name);
        _tools.Append("\""u8);
        if (tool.FindText("description") is { } description)
        {
            _tools.Append(",\"description\":"u8);
            _tools.Append(description.Raw);
        }

        if ((tool.FindObject("parameters") ?? tool.FindObject("inputSchema")) is { } parameters)
        {
            _tools.Append(",\"parameters\":"u8);
            _tools.Append(parameters.Raw);
        }

        _tools.Append("}}"u8);
    }

    /// <summary>Copies a setting under another name, if it is there and not null. The elements of an array must be strings.</summary>
    /// <exception cref="ErrorResponseException">The setting has another type.</exception>
    public void Copy(RequestItem? settings, string source, ReadOnlySpan<byte> target, FieldType type)
    {
        if (settings?.Find(source) is { } value)
        {
            foreach (var element in value.Value.ValueKind == JsonValueKind.Array ? value.Elements() : [])
            {
                element.Expect(FieldType.String);
            }

            _json.Append(",\""u8);
            _json.Append(target);
            _json.Append("\":"u8);
            _json.Append(value.Expect(type).Raw);
        }
    }

    public ReadOnlyMemory<byte> Write()
    {
        if (_tools.Length > 0)
        {
            _json.Append(",\"tools\":["u8);
            _json.Append(_tools.Span);
            _json.Append("]"u8);
        }

        _json.Append(",\"stream\":true}"u8);
        return _json.Memory;
    }
}
