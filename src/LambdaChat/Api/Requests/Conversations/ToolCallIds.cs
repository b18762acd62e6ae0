using System.Globalization;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// The ids of the tool calls of a conversation. Clients tell calls apart by their ids, and some models count them anew in each reply: an
/// id that the conversation has already gets a suffix such as <c>~2</c>. The next request returns it, and the suffix is removed.
/// </summary>
internal sealed class ToolCallIds
{
    private const char Mark = '~';

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal); // The last suffix of each id.

    /// <summary>All ids so far.</summary>
    public IReadOnlyCollection<string> Used => _used;

    /// <summary>Creates the ids of a conversation that has these already.</summary>
    public static ToolCallIds Of(IEnumerable<string> used)
    {
        var ids = new ToolCallIds();
        ids._used.UnionWith(used);
        return ids;
    }

    /// <summary>Does the same as the other method with an id that is escaped as in JSON; returns a JSON string.</summary>
    public byte[] Take(ReadOnlySpan<byte> escaped) => JsonText.Quote(Take(JsonText.Decode(escaped)));

    /// <summary>Does the same as the other method with an id that is escaped as in JSON; returns a JSON string.</summary>
    public byte[] MakeUnique(ReadOnlySpan<byte> escaped) => JsonText.Quote(MakeUnique(JsonText.Decode(escaped)));

    /// <summary>Takes an id of the conversation, and returns the id that the model gave to the call.</summary>
    public string Take(string id)
    {
        _used.Add(id);
        var mark = id.LastIndexOf(Mark);
        return mark > 0 && mark < id.Length - 1 && !id.AsSpan(mark + 1).ContainsAnyExceptInRange('0', '9') ? id[..mark] : id;
    }

    /// <summary>Returns the id for a new call: its own, or with a suffix if the conversation has it.</summary>
    public string MakeUnique(string id)
    {
        var unique = id;
        var number = _numbers.GetValueOrDefault(id, 1);
        while (!_used.Add(unique))
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{id}{Mark}{++number}");
        }

        _numbers[id] = number;
        return unique;
    }
}
