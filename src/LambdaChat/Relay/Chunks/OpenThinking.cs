namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The thinking of a reply that fails inside of it, where thinking is <c>&lt;think&gt;</c> text. The visible text of the error follows it,
/// and clients fold up the text in an open tag.
/// </summary>
internal static class OpenThinking
{
    /// <summary>Writes a closing tag for each choice that has an open one.</summary>
    /// <param name="id">The reply's id as JSON.</param>
    public static void Close(ChoiceTrackers choices, OutputFormat format, ReadOnlySpan<byte> id, IChunkOutput output)
    {
        for (var i = 0; i < choices.Length; i++)
        {
            if (choices[i] is { IsThinkOpen: true } choice)
            {
                choice.IsThinkOpen = false;
                output.Write(AddedChunk.Create(format, id, i, "</think>", finishReason: null));
            }
        }
    }
}
