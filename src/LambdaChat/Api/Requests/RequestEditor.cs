using System.Buffers;
using LambdaChat.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// Sets and removes members of a JSON object. The result is the object in pieces: new bytes for what changed, the object's own memory for
/// the rest.
/// </summary>
internal sealed class RequestEditor(RequestJson json)
{
    private readonly Dictionary<string, byte[]?> _values = new(StringComparer.Ordinal); // Null removes a member.
    private readonly List<(int Start, int Length, byte[] Bytes)> _inner = [];

    /// <summary>Sets a member to a JSON value, whether the object has the member or not.</summary>
    public void Set(string name, ReadOnlySpan<byte> value) => _values[name] = value.ToArray();

    /// <summary>Removes a member, or undoes <see cref="Set"/> if the object has no such member.</summary>
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

    /// <summary>The value of a member after the edits so far; empty if it is missing.</summary>
    public ReadOnlySpan<byte> Value(string name) =>
        _values.TryGetValue(name, out var value) ? value : json.Find(name) is { } member ? json.Value(member) : default;

    /// <summary>Replaces bytes inside a member that is neither set nor removed.</summary>
    public void Replace(int start, int end, byte[] bytes) => _inner.Add((start, end - start, bytes));

    /// <summary>Adds the edits of a nested object.</summary>
    /// <param name="offset">The offset of the nested object in this one.</param>
    public void Include(RequestEditor nested, int offset) =>
        nested.AddTo((start, length, bytes) => _inner.Add((offset + start, length, bytes)));

    /// <summary>Returns the object with all edits, in pieces.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Apply()
    {
        var splicer = new JsonSplicer();
        AddTo(splicer.Add);
        return splicer.ToPieces(json.Body);
    }

    /// <summary>
    /// Returns the object with all edits, in pieces, and moves the members with these names to its start. Apart from the values, these
    /// members do not depend on the client's formatting.
    /// </summary>
    public List<ReadOnlyMemory<byte>> Apply(string[] first)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (var name in first)
        {
            Move(name, pieces);
        }

        var isMoved = pieces.Count > 0;
        if (isMoved && HasMembers())
        {
            pieces.Add(","u8.ToArray());
        }

        var rest = new JsonSplicer();
        AddTo(rest.Add);
        rest.AddPieces(pieces, json.Body, isMoved ? json.Start : 0, json.Body.Length);
        return pieces;
    }

    private void Move(string name, List<ReadOnlyMemory<byte>> pieces)
    {
        var isEdited = _values.TryGetValue(name, out var value);
        if (isEdited ? value is null : json.Find(name) is null)
        {
            return;
        }

        pieces.Add((byte[])[.. pieces.Count == 0 ? "{"u8 : ","u8, .. JsonText.Quote(name), (byte)':']);
        if (value is not null)
        {
            pieces.Add(value);
        }
        else
        {
            MoveValue(json.Find(name)!.Value, pieces);
        }

        Remove(name);
    }

    private void MoveValue(JsonMember member, List<ReadOnlyMemory<byte>> pieces)
    {
        if (_inner.Count == 0)
        {
            pieces.Add(json.Body[member.ValueStart..member.ValueEnd]);
            return;
        }

        var splicer = new JsonSplicer();
        foreach (var (start, length, bytes) in _inner)
        {
            splicer.Add(start, length, bytes);
        }

        splicer.AddPieces(pieces, json.Body, member.ValueStart, member.ValueEnd);
        _inner.RemoveAll(edit => edit.Start >= member.ValueStart && edit.Start < member.ValueEnd);
    }

    private void AddTo(Action<int, int, byte[]> add)
    {
        if (CreateMembers(isFollowed: CountKept() > 0) is { Length: > 0 } created)
        {
            add(json.Start, 0, created);
        }

        foreach (var (start, length, bytes) in _inner)
        {
            add(start, length, bytes);
        }

        EditMembers(add);
    }

    private bool HasMembers()
    {
        var created = 0;
        foreach (var (name, value) in _values)
        {
            created += value is not null && !json.Contains(name) ? 1 : 0;
        }

        return CountKept() + created > 0;
    }

    private int CountKept()
    {
        var removed = 0;
        foreach (var (_, value) in _values)
        {
            removed += value is null ? 1 : 0; // Only members of the object are removed.
        }

        return json.Names.Count - removed;
    }

    // Adjacent removed members are removed with the commas after them or, at the end of the object, with the comma before them.
    private void EditMembers(Action<int, int, byte[]> add)
    {
        var members = json.Members;
        for (var i = 0; i < members.Count; i++)
        {
            if (!_values.TryGetValue(json.Names[i], out var value))
            {
                continue;
            }

            if (value is not null)
            {
                add(members[i].ValueStart, members[i].ValueEnd - members[i].ValueStart, value);
                continue;
            }

            var first = i;
            while (i + 1 < members.Count && _values.TryGetValue(json.Names[i + 1], out var next) && next is null)
            {
                i++;
            }

            var isLast = i + 1 == members.Count;
            var start = isLast && first > 0 ? members[first - 1].ValueEnd : members[first].NameStart;
            add(start, (isLast ? members[i].ValueEnd : members[i + 1].NameStart) - start, []);
        }
    }

    private byte[] CreateMembers(bool isFollowed)
    {
        var created = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in _values)
        {
            if (value is not null && !json.Contains(name))
            {
                created.Write(created.WrittenCount > 0 ? ","u8 : default);
                created.Write(JsonText.Quote(name));
                created.Write(":"u8);
                created.Write(value);
            }
        }

        created.Write(isFollowed && created.WrittenCount > 0 ? ","u8 : default);
        return created.WrittenSpan.ToArray();
    }
}
