using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>
/// Fast path for a chunk that differs from the previous one only in its text, as most chunks do. It compares bytes and does not parse the
/// JSON.
/// </summary>
internal sealed class TextTemplate
{
    private readonly ByteBuffer _head = new(256);
    private readonly ByteBuffer _tail = new(256);

    /// <summary>The kind of block of the text; none without a template.</summary>
    public BlockKind Kind { get; private set; }

    /// <summary>Finds the text of a chunk that matches the template; false for any other chunk.</summary>
    public bool TryRead(ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Kind == BlockKind.None || chunk.Length <= _head.Length + _tail.Length || !chunk.StartsWith(_head.Span)
            || !chunk.EndsWith(_tail.Span))
        {
            return false;
        }

        text = chunk[_head.Length..^_tail.Length];
        return JsonText.IsSimple(text);
    }

    /// <summary>Makes a chunk that has one text and nothing else the template.</summary>
    public void Keep(ReadOnlySpan<byte> chunk, ChunkLayout layout)
    {
        Kind = BlockKind.None;
        if (layout.ChoiceCount != 1 || layout.Usage.Type == JsonTokenType.StartObject)
        {
            return;
        }

        ref readonly var choice = ref layout.Choice(0);
        if (choice.MayBeFinished || choice.HasLogprobs || choice.HasToolCalls || choice.DeltaMemberCount != 1)
        {
            return;
        }

        Kind = choice.Content.HasText ? BlockKind.Text : choice.ReasoningContent.HasText ? BlockKind.Thinking : BlockKind.None;
        var text = choice.Content.HasText ? choice.Content : choice.ReasoningContent;
        if (Kind != BlockKind.None)
        {
            _head.Clear();
            _head.Append(chunk[..(text.ValueStart + 1)]);
            _tail.Clear();
            _tail.Append(chunk[(text.ValueEnd - 1)..]);
        }
    }
}
