using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The bytes of a record up to the delta of its first choice, and what was read of them. Most records of a reply begin with the same bytes:
/// the id, the time, the model and the index. These records are read from there on.
/// </summary>
internal sealed class ChunkHead
{
    private const int MaximumLength = 512; // A longer head is not kept: the memory of each stream counts.

    private readonly ByteBuffer _bytes = new(0);
    private ChunkMembers _members;
    private ChoiceLayout _choice;
    private JsonReaderState _state;

    public ref readonly ChunkMembers Members => ref _members;

    /// <summary>The first choice.</summary>
    public ref readonly ChoiceLayout Choice => ref _choice;

    /// <summary>The state of a reader after the opening brace of the delta.</summary>
    public ref readonly JsonReaderState State => ref _state;

    /// <summary>The length of the head if the record begins with it; else 0.</summary>
    public int LengthIn(ReadOnlySpan<byte> record) => record.StartsWith(_bytes.Span) ? _bytes.Length : 0;

    /// <summary>Keeps what was read, instead of the previous head. It counts once <see cref="Keep"/> has its bytes.</summary>
    public void Begin(in ChunkMembers members, in ChoiceLayout choice, in JsonReaderState state)
    {
        _bytes.Clear();
        (_members, _choice, _state) = (members, choice, state);
    }

    /// <summary>Keeps the bytes of the head. A record without a head leaves the previous one.</summary>
    public void Keep(ReadOnlySpan<byte> head)
    {
        if (head.Length is > 0 and <= MaximumLength)
        {
            _bytes.Append(head);
        }
    }
}
