using System.Globalization;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// One reply of the model in the history: thinking, text and tool calls, with the results of the calls. Texts are escaped as in JSON.
/// </summary>
internal sealed class AssistantStep
{
    private readonly JoinedText _text = new();
    private readonly JoinedText _thinking = new();
    private readonly ByteBuffer _calls = new(256);
    private readonly ByteBuffer _results = new(256);
    private HashSet<string> _ids = NoIds();
    private int _copies = 1; // The last suffix of an id.

    public bool HasCalls => _calls.Length > 0;

    public void AddText(ReadOnlySpan<byte> escaped) => _text.Add(escaped);

    public void AddThinking(ReadOnlySpan<byte> escaped) => _thinking.Add(escaped);

    /// <summary>Adds a call with its result. Model servers refuse a call without a result.</summary>
    /// <param name="clientId">The id that the client knows; used if the model gave two calls of the step the same id.</param>
    /// <param name="arguments">The JSON text of the arguments, as a JSON string.</param>
    /// <param name="result">The text of the result, as a JSON string.</param>
    public void AddCall(
        string id, string clientId, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> result)
    {
        var quoted = JsonText.Quote(TakeUnique(id, clientId));
        ChatJson.AppendCall(_calls, quoted, name, arguments);
        ChatJson.AppendResult(_results, quoted, result[1..^1]);
    }

    /// <summary>
    /// Writes the message and the results after it, and resets the step. Thinking without a text or a call after it is left out.
    /// </summary>
    public void Flush(ByteBuffer output)
    {
        if (!_text.IsEmpty || HasCalls)
        {
            ChatJson.AppendAssistant(output, _text.Memory, _thinking.Value, _calls.Span);
            ChatJson.Append(output, _results.Span);
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
}
