using LambdaChat.Models;
using LambdaChat.Relay.Reasoning;

namespace LambdaChat.Relay.Chunks;

/// <summary>How far one choice of a reply has come.</summary>
internal sealed class ChoiceTracker(ThinkMode think)
{
    private List<byte[]> _held = [];

    public ThinkTags Tags { get; } = new(think);

    /// <summary>True once a chunk has named the role.</summary>
    public bool HasRole { get; set; }

    /// <summary>True once it has its finish reason.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Chunks with text so far.</summary>
    public int Tokens { get; set; }

    /// <summary>True between the <c>&lt;think&gt;</c> and the <c>&lt;/think&gt;</c> that we write.</summary>
    public bool IsThinkOpen { get; set; }

    /// <summary>Keeps a record until the next one decides what it is.</summary>
    public void Hold(ReadOnlySpan<byte> record) => _held.Add(record.ToArray());

    /// <summary>The records held so far, which are the caller's from now on.</summary>
    public List<byte[]> Release()
    {
        if (_held.Count == 0)
        {
            return _held;
        }

        var released = _held;
        _held = [];
        return released;
    }
}
