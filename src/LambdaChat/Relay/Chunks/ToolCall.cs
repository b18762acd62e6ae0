using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>One call of <see cref="ToolCallTracker"/>.</summary>
internal sealed class ToolCall
{
    private const int MaximumKept = 4096; // Bytes of a buffer that is kept for the next piece.

    private JsonProgress _progress;
    private ArgumentsHash _hash;
    private ByteBuffer? _arguments; // What the client does not have yet.
    private ByteBuffer? _others; // The other members of the first of these pieces that has any.
    private int _pieces; // Since the client got the last one.
    private bool _hasPiece;
    private bool _isNormal;
    private bool _isHeldNull;
    private QuotedArguments? _quoted;

    /// <summary>The server's id; empty if it has sent none before the name.</summary>
    public byte[] Id { get; set; } = [];

    /// <summary>The client's id; empty before the call is sent.</summary>
    public byte[] SentId { get; set; } = [];

    /// <summary>Empty before it is known.</summary>
    public byte[] Name { get; set; } = [];

    /// <summary>The client's index; -1 before the call is sent.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The index of the last piece; null if it has none.</summary>
    public int? ServerIndex { get; private set; }

    /// <summary>The number of the last chunk that has a piece of it.</summary>
    public int LastChunk { get; set; }

    /// <summary>
    /// True while its arguments are an empty object or null, which the client does not have: the real ones may follow. Source:
    /// https://github.com/openai/openai-agents-js/pull/712
    /// </summary>
    public bool IsHeld { get; private set; }

    /// <summary>True for a call of a custom tool, whose arguments are any text.</summary>
    public bool IsCustom { get; private set; }

    public bool IsSent => Index >= 0;

    public bool IsNameSent { get; set; }

    public bool HasName => Name.Length > 0;

    public bool HasAnyId => Id.Length > 0;

    /// <summary>True if it has several pieces.</summary>
    public bool IsDivided { get; private set; }

    /// <summary>True if it has arguments other than white space.</summary>
    public bool HasArguments { get; private set; }

    /// <summary>True if its arguments have begun and are not complete.</summary>
    public bool IsOpen => !IsCustom && (_progress.IsOpen || IsUndecided);

    /// <summary>True if its arguments are complete; false if they may follow.</summary>
    public bool IsWhole => HasName && HasArguments && IsComplete && !IsCustom;

    /// <summary>False if the arguments are not complete JSON.</summary>
    public bool IsComplete => IsCustom || (!IsUndecided && (_progress.IsBlank || _progress.IsComplete));

    /// <summary>True if its arguments are an object that is closed. Only white space can follow.</summary>
    public bool HasObject => !IsCustom && _progress.HasObject;

    /// <summary>
    /// For a head that has not begun a call: the call before it, to which the next arguments may belong. Null for a call.
    /// </summary>
    public ToolCall? Before { get; set; }

    /// <summary>The arguments that the client does not have yet, as the text of a JSON string.</summary>
    public ReadOnlySpan<byte> Arguments => _arguments is null ? default : _arguments.Span;

    /// <summary>Other members that the client does not have yet, each after a comma.</summary>
    public ReadOnlySpan<byte> Others => _others is null ? default : _others.Span;

    public int WaitingLength => Arguments.Length + Others.Length;

    /// <summary>The part of <see cref="WaitingLength"/> that the tracker has counted.</summary>
    public int CountedLength { get; set; }

    /// <summary>True if what the client does not have is one piece, and in the form that clients get, apart from its index.</summary>
    public bool IsNormal => _isNormal && _pieces == 1;

    /// <summary>True while the client does not have all of the call.</summary>
    public bool IsWaiting => _pieces > 0;

    private bool IsUndecided => _quoted is { IsUndecided: true };

    public bool HasId(ReadOnlySpan<byte> other) => other.SequenceEqual(Id);

    /// <summary>True if the arguments of the piece are all of the call's arguments.</summary>
    public bool HasSameArguments(in ToolCallPiece piece)
    {
        var other = default(ArgumentsHash);
        other.Add(IsCustom || !piece.AreArgumentsText ? piece.Arguments : piece.Arguments[..LengthOf(piece.Arguments)]);
        return other == _hash;
    }

    /// <summary>True if the arguments of the piece begin with an object in the form of the call's arguments.</summary>
    public bool IsBegunAgain(in ToolCallPiece piece) => piece.BeginsObject || (_quoted is not null && piece.BeginsQuotedObject);

    /// <summary>Adds a piece.</summary>
    public void Take(ToolCallPiece piece)
    {
        IsCustom |= piece.IsCustom;
        IsDivided = _hasPiece;
        _hasPiece = true;
        Unquote(ref piece);
        NoteArguments(ref piece);
        if (!HasAnyId && !IsSent)
        {
            Id = piece.Id.ToArray();
        }

        if (!HasName)
        {
            Name = piece.Name.ToArray();
        }

        Keep(piece);
    }

    /// <summary>True if it gets an empty object now.</summary>
    /// <param name="isWhole">False if its arguments may be cut. It then has an empty object only if the server has sent one.</param>
    public bool LacksObject(bool isWhole) => IsHeld ? isWhole || !_isHeldNull : isWhole && !HasArguments && !IsCustom;

    /// <summary>Gives a call without arguments an empty object.</summary>
    public void Complete()
    {
        (HasArguments, IsHeld) = (true, false);
        _pieces++;
        (_arguments ??= new ByteBuffer(64)).Append("{}"u8);
    }

    /// <summary>The client has all of the call so far.</summary>
    public void SetSent()
    {
        _pieces = 0;
        _arguments = Emptied(_arguments);
        _others = Emptied(_others);
    }

    // Without text after the object, as the call has its arguments.
    private static int LengthOf(ReadOnlySpan<byte> arguments)
    {
        var length = default(JsonProgress).AddObject(arguments);
        return length == "{}".Length || JsonWhiteSpace.IsBlank(arguments[length..]) ? arguments.Length : length;
    }

    private void Unquote(ref ToolCallPiece piece)
    {
        if (!IsCustom && piece.AreArgumentsText && (!HasArguments || IsHeld) && QuotedArguments.MayBegin(piece.Arguments))
        {
            (_quoted, HasArguments) = (_quoted ?? new QuotedArguments(), true);
        }

        if (_quoted is not null && piece.AreArgumentsText)
        {
            piece.Replace(_quoted.Read(piece.Arguments));
            _quoted = _quoted.IsOther ? null : _quoted;
        }
    }

    private void NoteArguments(ref ToolCallPiece piece)
    {
        if (!HasArguments && piece.MayBePlaceholder)
        {
            (IsHeld, _isHeldNull) = (true, piece.Arguments[0] == (byte)'n');
        }
        else if (IsHeld && piece.BeginsObject)
        {
            (IsHeld, _hash) = (false, default); // These are the real ones.
        }
        else if (IsHeld && !piece.HasBlankArguments)
        {
            Complete();
            _progress.AddPlain("{}"u8);
        }

        HasArguments = HasArguments || !piece.HasBlankArguments;
        if (!IsCustom && !IsHeld)
        {
            AddObject(ref piece);
        }

        _hash.Add(piece.Arguments);
    }

    // Text after the object would make the arguments invalid. White space may follow.
    private void AddObject(ref ToolCallPiece piece)
    {
        if (!piece.AreArgumentsText)
        {
            piece.Replace(HasObject ? default : piece.Arguments);
            _progress.AddPlain(piece.Arguments);
            return;
        }

        var length = _progress.AddObject(piece.Arguments);
        var rest = piece.Arguments[length..];
        if (length == 2 && piece.Arguments[0] == (byte)'{' && rest[JsonWhiteSpace.SkipBlanks(rest, 0)..].StartsWith("{"u8))
        {
            _progress.Add(rest); // The first object may be a placeholder.
        }
        else if (!JsonWhiteSpace.IsBlank(rest))
        {
            piece.Replace(piece.Arguments[..length]);
        }
    }

    private void Keep(in ToolCallPiece piece)
    {
        _pieces++;
        _isNormal = !IsHeld && piece.AreArgumentsText && !piece.HasOtherForm && (IsSent ? !piece.HasAnyHead : piece.HasHead);
        ServerIndex = piece.Index;
        _arguments ??= new ByteBuffer(64);
        if (!IsHeld)
        {
            piece.AppendArguments(_arguments);
        }

        if (piece.HasOthers && Others.IsEmpty)
        {
            piece.AppendOthers(_others ??= new ByteBuffer(64));
        }
    }

    private static ByteBuffer? Emptied(ByteBuffer? buffer)
    {
        buffer?.Clear();
        return buffer?.Capacity > MaximumKept ? null : buffer;
    }
}
