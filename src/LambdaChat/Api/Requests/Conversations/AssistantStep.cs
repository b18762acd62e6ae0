using System.Globalization;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// One reply of the model in the history: thinking, text and tool calls, with the results of the calls. Texts are escaped as in JSON.
/// </summary>
internal sealed class AssistantStep
{
    private readonly ByteBuffer _text = new(256);
    private readonly ByteBuffer _thinking = new(256);
    private readonly ByteBuffer _calls = new(256);
    private readonly ByteBuffer _results = new(256);
    private HashSet<string> _ids = NoIds();
    private int _copies = 1; // The last suffix of an id.

    public bool HasCalls => _calls.Length > 0;

    public void AddText(ReadOnlySpan<byte> escaped) => Join(_text, escaped);

    public void AddThinking(ReadOnlySpan<byte> escaped) => Join(_thinking, escaped);

    /// <summary>Adds a call with its result. Model servers refuse a call without a result.</summary>
    /// <param name="clientId">The id that the client knows; used if the model gave two calls of the step the same id.</param>
    /// <param name="arguments">The JSON text of the arguments, as a JSON string.</param>
    /// <param name="result">The text of the result, as a JSON string.</param>
    public void AddCall(
        string id, string clientId, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> result)
    {
        var quoted = JsonText.Quote(TakeUnique(id, clientId));
        _calls.Append(HasCalls ? ","u8 : default);
        _calls.Append("{\"id\":"u8);
        _calls.Append(quoted);
        _calls.Append(",\"type\":\"function\",\"function\":{\"name\":\""u8);
        _calls.Append(name);
        _calls.Append("\",\"arguments\":"u8);
        _calls.Append(arguments);
        _calls.Append("}}"u8);
        _results.Append(",{\"role\":\"tool\",\"tool_call_id\":"u8);
        _results.Append(quoted);
        _results.Append(",\"content\":"u8);
        _results.Append(result);
        _results.Append("}"u8);
    }

    /// <summary>
    /// Writes the message and the results after it, and resets the step. Thinking without a text or a call after it is left out.
    /// </summary>
    public void Flush(ByteBuffer output)
    {
        if (_text.Length > 0 || HasCalls)
        {
            output.Append(output.Length > 0 ? ","u8 : default);
            Write(output);
        }

        _text.Clear();
        _thinking.Clear();
        _calls.Clear();
        _results.Clear();
        _ids = _ids.Count > 0 ? NoIds() : _ids; // To clear a set costs its capacity, which one long step would have made large.
    }

    // Other servers may have given calls of one step the same id.
    private string TakeUnique(string id, string clientId)
    {
        var unique = _ids.Contains(id) ? clientId : id;
        while (!_ids.Add(unique))
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{clientId}-{++_copies}");
        }

        return unique;
    }

    private static HashSet<string> NoIds() => new(StringComparer.Ordinal);

    private void Write(ByteBuffer output)
    {
        output.Append("{\"role\":\"assistant\",\"content\":\""u8);
        output.Append(_text.Span);
        output.Append("\""u8);
        if (_thinking.Length > 0)
        {
            output.Append(",\"reasoning_content\":\""u8);
            output.Append(_thinking.Span);
            output.Append("\""u8);
        }

        if (HasCalls)
        {
            output.Append(",\"tool_calls\":["u8);
            output.Append(_calls.Span);
            output.Append("]"u8);
        }

        output.Append("}"u8);
        output.Append(_results.Span);
    }

    private static void Join(ByteBuffer joined, ReadOnlySpan<byte> escaped)
    {
        joined.Append(joined.Length > 0 && !escaped.IsEmpty ? "\\n\\n"u8 : default);
        joined.Append(escaped);
    }
}
