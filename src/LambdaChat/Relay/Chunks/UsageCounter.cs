using LambdaChat.Json;
using LambdaChat.Relay.Continuations;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The usage of a reply of one call or more. Each call reports its own, and the prompt of a continuation contains the text before it.
/// </summary>
internal sealed class UsageCounter
{
    private KeptText? _kept; // Null before a continuation.
    private TokenUsage? _earlier; // Of the calls before the last one.

    /// <summary>The usage of all calls; null before a model server has reported it.</summary>
    public TokenUsage? Total { get; private set; }

    /// <summary>The next chunks are those of a continuation.</summary>
    public void Continue(KeptText kept) => (_kept, _earlier) = (kept, Total);

    /// <summary>Nothing of the last call is a part of the reply.</summary>
    public void DiscardLastCall() => Total = _earlier;

    /// <summary>Notes the usage that a chunk reports.</summary>
    public void Note(in Chunk chunk)
    {
        if (chunk.Layout.HasUsage)
        {
            var usage = TokenUsage.Read(chunk.Layout.Usage.Value(chunk.Json));
            Total = usage is { } own && _kept is not null ? Add(own, _kept) : usage;
        }
    }

    /// <summary>Replaces the usage in a chunk by that of all calls, and one that typed clients cannot read.</summary>
    public void Edit(in Chunk chunk, JsonSplicer splices)
    {
        ref readonly var usage = ref chunk.Layout.Usage;
        if (usage.Exists && UsageEditor.Replace(usage.Value(chunk.Json), UsageEditor.None) is { } other)
        {
            splices.Add(usage.ValueStart, usage.ValueEnd - usage.ValueStart, other);
        }
        else if (chunk.Layout.HasUsage && _kept is not null && Total is { } total)
        {
            UsageEditor.Edit(chunk, total, _kept.ThinkingTokens, splices);
        }
    }

    private TokenUsage Add(TokenUsage usage, KeptText kept)
    {
        var prompt = _earlier?.Prompt ?? Math.Max(0, usage.Prompt - kept.PromptTokens);
        return new TokenUsage(prompt, usage.Completion + kept.Tokens)
        {
            Cached = usage.Cached is { } cached ? Math.Min(cached, prompt) : null,
            Reasoning = usage.Reasoning + kept.ThinkingTokens,
        };
    }
}
