using LambdaChat.Models;

namespace LambdaChat.Chat.Replies;

/// <summary>What is known of a reply when it begins, and what was counted on its way.</summary>
internal sealed class MeasuredReply(Model model, long start, long allocated)
{
    public Model Model { get; } = model;

    /// <summary>When it began, as the clock's timestamp.</summary>
    public long Start { get; } = start;

    /// <summary>Bytes that the process had allocated by then.</summary>
    public long Allocated { get; } = allocated;

    /// <summary>Records passed on.</summary>
    public int Events { get; set; }
}
