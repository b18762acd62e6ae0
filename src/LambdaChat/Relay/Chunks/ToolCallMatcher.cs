using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// Finds the call that each piece of a choice's tool calls belongs to. Servers repeat, change or omit the id, the index and the name of a
/// call. The rules compare a piece with the call before it: the last call of its index. A call is complete if its arguments are closed
/// JSON; what follows an object is no part of them. Calls remain several calls if they have the same id.
/// <list type="number">
/// <item>A piece with a name starts a call if its index is new, or if its id differs from that of the call before.</item>
/// <item>Another name starts a call, too, unless it may be a further piece of the name: the arguments of the call before are open, or it
/// has an id and no arguments, and the piece has no id. A piece with neither id nor index starts a call if its name differs.</item>
/// <item>The same name repeats the head. Only after a complete call, the next JSON object starts a call of this name. If the call has an
/// id and came in pieces, and one piece repeats all of its arguments, that piece adds nothing.</item>
/// <item>A piece without a name belongs to the call with its id. Else it continues the call before until that is complete, also if its
/// id or index is new; for a new index, the call before is the last call of the choice. After a complete call, arguments with a new id
/// or index start a call, which waits for its name. Text after an object, also a repetition, adds nothing.</item>
/// <item>After a call with a name, a piece with a new id and nothing else starts no call. The id belongs to the call that the next name
/// starts or, after a complete call, the next arguments.</item>
/// </list>
/// </summary>
internal sealed class ToolCallMatcher
{
    private const int MaximumCalls = 1024;
    private const long NoIndex = long.MaxValue;

    private readonly List<ToolCall> _calls = [];
    private readonly Dictionary<long, ToolCall> _byIndex = []; // The last call of each index of the server, or a head after it.
    private int _heads; // The heads in it that have not begun a call.

    public IReadOnlyList<ToolCall> Calls => _calls;

    /// <summary>Returns the call of a piece, which may be a new one; null if the piece adds nothing to a call.</summary>
    /// <exception cref="JsonException">The reply has more than 1,024 calls.</exception>
    public ToolCall? Find(in ToolCallPiece piece)
    {
        var index = piece.Index ?? NoIndex;
        var last = _byIndex.GetValueOrDefault(index);
        var found = piece.Name.IsEmpty ? FindWithoutName(last, piece) : FindWithName(last, piece);
        if (found != last && found is not null)
        {
            _byIndex[index] = found;
            _heads += (found.Before is null ? 0 : 1) - (last?.Before is null ? 0 : 1);
            if (_heads > MaximumCalls)
            {
                throw new JsonException();
            }
        }

        return found?.Before is null ? found : null;
    }

    private ToolCall? FindWithName(ToolCall? last, in ToolCallPiece piece)
    {
        if (last is null)
        {
            return Begin();
        }

        if (last.Before is not null)
        {
            return piece.HasBlankArguments && piece.Name.SequenceEqual(last.Name) ? last : Begin(last, piece);
        }

        if (IsOtherId(last, piece))
        {
            return Begin();
        }

        return !last.HasName ? last
            : piece.Name.SequenceEqual(last.Name) ? FindRepeated(last, piece)
            : ContinuesName(last, piece) ? last
            : Begin();
    }

    private ToolCall? FindRepeated(ToolCall last, in ToolCallPiece piece) =>
        !last.IsWhole ? last
        : piece.HasBlankArguments ? new ToolCall { Before = last, Id = piece.Id.ToArray(), Name = last.Name }
        : !last.IsBegunAgain(piece) ? Continue(last)
        : last.IsDivided && last.HasAnyId && last.HasSameArguments(piece) ? null
        : Begin();

    // Some servers send a name in pieces. Clients get the first one, because they need a name before the arguments.
    private static bool ContinuesName(ToolCall last, in ToolCallPiece piece) =>
        (piece.Index is not null || !piece.Id.IsEmpty)
            && (last.IsOpen || (!last.HasArguments && piece.Id.IsEmpty && last.HasAnyId));

    private ToolCall? FindWithoutName(ToolCall? last, in ToolCallPiece piece)
    {
        if (!piece.Id.IsEmpty && last?.HasId(piece.Id) != true && FindId(piece.Id) is { } call)
        {
            return call;
        }

        var isNew = last is null || IsOtherId(last, piece);
        last ??= _calls.Count > 0 && _calls[^1].HasName ? _calls[^1] : null;
        if (last is null || !last.HasName && last.Before is null)
        {
            return !isNew ? last : piece.IsEmpty ? null : Begin();
        }

        if (last.Before is { } before)
        {
            return LacksArguments(piece, before) ? Relabel(last, piece) : last.HasName || before.IsWhole ? Begin(last, piece) : before;
        }

        if (LacksArguments(piece, last))
        {
            return !isNew ? last
                : piece.Id.IsEmpty ? null
                : piece.HasOthers ? Begin()
                : new ToolCall { Before = last, Id = piece.Id.ToArray() };
        }

        return !last.IsWhole ? last
            : isNew || (!piece.Id.IsEmpty && !last.HasId(piece.Id)) ? Begin()
            : Continue(last);
    }

    // Only white space can follow an object.
    private static ToolCall? Continue(ToolCall last) => last.HasObject ? null : last;

    // White space may be a part of a text in the arguments.
    private static bool LacksArguments(in ToolCallPiece piece, ToolCall call) =>
        piece.Arguments.IsEmpty || (piece.HasBlankArguments && !call.IsOpen);

    private static bool IsOtherId(ToolCall last, in ToolCallPiece piece) =>
        !piece.Id.IsEmpty && last.HasAnyId && !last.HasId(piece.Id);

    private ToolCall? FindId(ReadOnlySpan<byte> id)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            if (_calls[i].HasId(id))
            {
                return _calls[i];
            }
        }

        return null;
    }

    private static ToolCall Relabel(ToolCall head, in ToolCallPiece piece)
    {
        head.Id = piece.Id.IsEmpty ? head.Id : piece.Id.ToArray();
        return head;
    }

    // A head begins its call.
    private ToolCall Begin(ToolCall head, in ToolCallPiece piece)
    {
        var call = Begin();
        call.Id = piece.Id.IsEmpty ? head.Id : piece.Id.ToArray();
        call.Name = piece.Name.IsEmpty ? head.Name : piece.Name.ToArray();
        return call;
    }

    private ToolCall Begin()
    {
        if (_calls.Count == MaximumCalls)
        {
            throw new JsonException();
        }

        var call = new ToolCall();
        _calls.Add(call);
        return call;
    }
}
