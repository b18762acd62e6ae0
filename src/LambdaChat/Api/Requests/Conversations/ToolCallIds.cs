using System.Globalization;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// The ids of the tool calls of a conversation. Clients distinguish calls by their ids, but some models count them from the start in each
/// reply. An id that the conversation already has gets a suffix such as <c>~2</c>. The next request returns it, and the suffix is removed.
/// </summary>
internal sealed class ToolCallIds
{
    private const char Mark = '~';

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal); // The last suffix of each id.
    private readonly Dictionary<string, string> _models = new(StringComparer.Ordinal); // The ids that the model gets, by the client's.

    private readonly List<string> _calls = []; // The ids of the calls.
    private HashSet<string> _turn = new(StringComparer.Ordinal); // The model's ids of one turn.
    private Dictionary<string, int> _results = new(StringComparer.Ordinal); // How many results of one turn have an id.
    private int _ended; // The calls whose turn has ended.
    private int _written; // The calls that have a result, or got one.

    /// <summary>All ids so far.</summary>
    public IReadOnlyCollection<string> Used => _used;

    /// <summary>Creates the ids of a conversation that has these already.</summary>
    public static ToolCallIds Of(IEnumerable<string> used)
    {
        var ids = new ToolCallIds();
        ids._used.UnionWith(used);
        return ids;
    }

    /// <summary>
    /// Takes the id of a call, and returns the id that the model gave to the call, as a JSON string. Two calls of a turn get two ids.
    /// </summary>
    public byte[] TakeCall(string id)
    {
        var model = Take(id);
        _calls.Add(id);
        return JsonText.Quote(_models[id] = _turn.Add(model) ? model : id);
    }

    /// <summary>Takes the id of the call that a result belongs to, and returns the id that the call got, as a JSON string.</summary>
    public byte[] TakeResult(string id)
    {
        _results[id] = _results.GetValueOrDefault(id) + 1;
        return JsonText.Quote(_models.GetValueOrDefault(id) ?? Take(id));
    }

    /// <summary>
    /// Ends a turn of the assistant. Results before it belong to earlier calls. To clear the sets would cost their capacity, which one long
    /// turn makes large.
    /// </summary>
    public void EndTurn()
    {
        _turn = _turn.Count > 0 ? new(StringComparer.Ordinal) : _turn;
        _results = _results.Count > 0 ? new(StringComparer.Ordinal) : _results;
        _ended = _calls.Count;
    }

    /// <summary>Returns the id of the next call whose turn has ended, each one once; null if there is no other.</summary>
    public string? TakeEndedCall() => _written < _ended ? _calls[_written++] : null;

    /// <summary>
    /// Writes a result for each call without one, after the turn of the calls. Clients leave such calls when the user interrupts a tool,
    /// and many chat templates refuse them.
    /// </summary>
    /// <param name="messages">The messages so far, without brackets.</param>
    public void WriteMissingResults(ByteBuffer messages)
    {
        while (TakeEndedCall() is { } call)
        {
            if (_results.GetValueOrDefault(call) is > 0 and var results)
            {
                _results[call] = results - 1; // Calls of other servers may have the same id.
            }
            else
            {
                ChatJson.AppendResult(messages, JsonText.Quote(_models.GetValueOrDefault(call)!), ChatMessages.NotRun[1..^1]);
            }
        }
    }

    /// <summary>Returns the id for a new call, as a JSON string.</summary>
    public byte[] MakeUnique(ReadOnlySpan<byte> escaped) => JsonText.Quote(MakeUnique(JsonText.Decode(escaped)));

    /// <summary>Takes an id of the conversation, and returns the id that the model gave to the call.</summary>
    public string Take(string id)
    {
        _used.Add(id);
        return OfModel(id);
    }

    /// <summary>Returns the id for a new call: its own, or with a suffix if the conversation has it.</summary>
    public string MakeUnique(string id)
    {
        if (_used.Add(id))
        {
            return id;
        }

        var model = OfModel(id); // The relay has given ids of one reply a suffix.
        var number = _numbers.GetValueOrDefault(model, 1);
        string unique;
        do
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{model}{Mark}{++number}");
        }
        while (!_used.Add(unique));
        _numbers[model] = number;
        return unique;
    }

    private static string OfModel(string id)
    {
        var mark = id.LastIndexOf(Mark);
        return mark > 0 && mark < id.Length - 1 && !id.AsSpan(mark + 1).ContainsAnyExceptInRange('0', '9') ? id[..mark] : id;
    }
}
