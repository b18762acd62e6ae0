using LambdaChat.Relay.Chunks;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Replies.Blocks;

/// <summary>The usage of a reply so far. A number that the model server did not report is 0.</summary>
internal struct ReplyUsage
{
    private TokenUsage? _reported;

    /// <summary>True for a reply whose output is left out: it does not count.</summary>
    public bool IsOfPrompt { get; init; }

    /// <summary>True once the model server has reported a usage.</summary>
    public readonly bool IsKnown => _reported is not null;

    /// <summary>All tokens of the prompt.</summary>
    public readonly long Input => _reported?.Prompt ?? 0;

    public readonly long Output => IsOfPrompt ? 0 : _reported?.Completion ?? 0;

    /// <summary>The tokens of the prompt that came from a cache; null if they are not known.</summary>
    public readonly long? Cached => _reported?.Cached;

    /// <summary>The tokens of the thinking; null if they are not known.</summary>
    public readonly long? Reasoning => IsOfPrompt ? null : _reported?.Reasoning;

    /// <summary>Reads the <c>usage</c> object of a chunk by the same rules as the log line's.</summary>
    public void Read(ReadOnlySpan<byte> usage) => _reported = TokenUsage.Read(usage) ?? _reported;

    /// <summary>Writes the members of an object in the AI SDK's names, which AG-UI uses too. Unknown details are left out.</summary>
    public readonly void WriteTo(ByteBuffer output)
    {
        output.Append("\"inputTokens\":"u8);
        output.AppendNumber(Input);
        output.Append(",\"outputTokens\":"u8);
        output.AppendNumber(Output);
        output.Append(",\"totalTokens\":"u8);
        output.AppendNumber(Input + Output);
        if (Reasoning is { } reasoning)
        {
            output.Append(",\"reasoningTokens\":"u8);
            output.AppendNumber(reasoning);
        }

        if (Cached is { } cached)
        {
            output.Append(",\"cachedInputTokens\":"u8);
            output.AppendNumber(cached);
        }
    }
}
