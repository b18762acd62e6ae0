using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Changes to the members of a request, applied as splices: the result is the body in pieces, with new bytes only where something changed.
/// </summary>
internal sealed class RequestEditor(RequestJson json)
{
    private readonly Dictionary<string, byte[]?> _values = new(StringComparer.Ordinal); // Null takes a member out.
    private readonly List<Splice> _inside = [];

    public bool IsEmpty => _values.Count == 0 && _inside.Count == 0;

    public static byte[] Quote(string text) =>
        [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>Gives a member this value, whether it was there or not.</summary>
    public void Set(string name, ReadOnlySpan<byte> value) => _values[name] = value.ToArray();

    /// <summary>Takes a member out, where it is there or was set.</summary>
    public void Remove(string name)
    {
        if (json.Contains(name))
        {
            _values[name] = null;
        }
        else
        {
            _values.Remove(name);
        }
    }

    /// <summary>Puts bytes in the place of some inside of a member's value.</summary>
    public void Replace(int start, int end, byte[] bytes) => _inside.Add(new Splice(start, end, bytes));

    /// <summary>The body with all changes, in pieces. Unchanged ones are the body's own memory.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Apply()
    {
        var splices = new List<Splice>(_inside);
        var kept = SpliceMembers(splices);
        splices.Insert(0, new Splice(json.Start, json.Start, Added(isFollowed: kept > 0))); // Before a first member that goes.
        var pieces = new List<ReadOnlyMemory<byte>>();
        var position = 0;
        foreach (var splice in splices.OrderBy(splice => splice.Start))
        {
            pieces.Add(json.Body[position..splice.Start]);
            pieces.Add(splice.Bytes);
            position = splice.End;
        }

        pieces.Add(json.Body[position..]);
        return pieces;
    }

    /// <summary>The same in one piece.</summary>
    public byte[] ApplyToArray()
    {
        var joined = new ArrayBufferWriter<byte>(json.Body.Length);
        foreach (var piece in Apply())
        {
            joined.Write(piece.Span);
        }

        return joined.WrittenSpan.ToArray();
    }

    // Returns how many members stay. A run of members that go takes its commas with it: those behind it, or the one before at the end.
    private int SpliceMembers(List<Splice> splices)
    {
        var members = json.Members;
        var kept = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (!_values.TryGetValue(members[i].Name, out var value))
            {
                kept++;
            }
            else if (value is not null)
            {
                kept++;
                splices.Add(new Splice(members[i].ValueStart, members[i].ValueEnd, value));
            }
            else
            {
                var first = i;
                while (i + 1 < members.Count && _values.TryGetValue(members[i + 1].Name, out var next) && next is null)
                {
                    i++;
                }

                var isLast = i + 1 == members.Count;
                var start = isLast && first > 0 ? members[first - 1].ValueEnd : members[first].NameStart;
                splices.Add(new Splice(start, isLast ? members[i].ValueEnd : members[i + 1].NameStart, []));
            }
        }

        return kept;
    }

    private byte[] Added(bool isFollowed)
    {
        var added = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in _values)
        {
            if (value is not null && !json.Contains(name))
            {
                added.Write(added.WrittenCount > 0 ? ","u8 : default);
                added.Write(Quote(name));
                added.Write(":"u8);
                added.Write(value);
            }
        }

        added.Write(isFollowed && added.WrittenCount > 0 ? ","u8 : default);
        return added.WrittenSpan.ToArray();
    }

    private sealed record Splice(int Start, int End, byte[] Bytes);
}
