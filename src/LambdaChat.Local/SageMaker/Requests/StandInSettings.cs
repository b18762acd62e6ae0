using System.Diagnostics;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>
/// The member <c>stand_in</c> of a request, which selects the reply and its failures. The relay forwards it unchanged.
/// <c>{"server","reasoning","content","tools","tokens","stamp","finish","keep_alive","replay","pace_ms","part_bytes","cut_at","cut_seed",
/// "write_bytes","burst","gate","fault","joint"}</c>
/// </summary>
internal sealed class StandInSettings
{
    private const int MaximumTokens = 1_000_000;

    private readonly IReadOnlyList<string> _reasoning;
    private readonly IReadOnlyList<string> _content;

    /// <exception cref="RefusedRequestException">A member has the wrong type.</exception>
    public StandInSettings(JsonFields fields)
    {
        Server = fields.Text("server") ?? EmulatorRequest.DefaultServer;
        _reasoning = fields.Texts("reasoning");
        _content = fields.Texts("content");
        ToolCalls = ToolCall.Parse(fields.Objects("tools"));
        Tokens = fields.Number("tokens", minimum: 0, MaximumTokens);
        IsStamped = fields.Flag("stamp");
        FinishReason = fields.Text("finish");
        KeepAliveCount = fields.Number("keep_alive", minimum: 0, MaximumTokens) ?? 0;
        Replay = fields.Object("replay") is { } replay ? ReplayedReply.Parse(replay) : null;
        Pace = fields.Number("pace_ms", minimum: 0);
        PartBytes = fields.Number("part_bytes", minimum: 1);
        Cuts = fields.Numbers("cut_at");
        CutSeed = fields.Number("cut_seed");
        WriteBytes = fields.Number("write_bytes", minimum: 1);
        IsBurst = fields.Flag("burst");
        Gate = fields.Text("gate");
        Joint = fields.Text("joint");
        if (Joint is not null && !JointFault.Names.Contains(Joint))
        {
            throw fields.Invalid("joint", $"must be one of {string.Join(", ", JointFault.Names)}");
        }

        Fault = fields.Object("fault") is { } fault ? Fault.Parse(fault) : null;
    }

    /// <summary>Name of the model server whose format is used; see <c>DialectCatalog</c>.</summary>
    public string Server { get; }

    /// <summary><c>tools</c>: <c>[{"name","arguments"}]</c> with the arguments as JSON text.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; }

    /// <summary>Number of generated tokens that replace the scripted reply; null for the scripted reply.</summary>
    public int? Tokens { get; }

    /// <summary>True if each of <see cref="Tokens"/> is the <see cref="Stopwatch"/> timestamp of its creation.</summary>
    public bool IsStamped { get; }

    /// <summary>Finish reason, for example <c>abort</c>; null for the normal one.</summary>
    public string? FinishReason { get; }

    /// <summary>Number of keep-alive comments before the first event of a stream.</summary>
    public int KeepAliveCount { get; }

    public ReplayedReply? Replay { get; }

    /// <summary>Milliseconds between events; null for the emulator's default.</summary>
    public int? Pace { get; }

    /// <summary>Maximum length of a payload in bytes; each event starts a new payload.</summary>
    public int? PartBytes { get; }

    /// <summary>Offsets in the body at which a new payload starts, in ascending order. Other payloads end with an event.</summary>
    public IReadOnlyList<int> Cuts { get; }

    /// <summary>Seed of random payload lengths that ignore event boundaries.</summary>
    public int? CutSeed { get; }

    /// <summary>Maximum length of a socket write in bytes; frame boundaries are ignored.</summary>
    public int? WriteBytes { get; }

    /// <summary>True to send all events at once, at the end or together with the fault.</summary>
    public bool IsBurst { get; }

    /// <summary>Name of a gate: each event after the first waits for one opening of it.</summary>
    public string? Gate { get; }

    /// <summary>How the model fails to continue a message; null to continue it.</summary>
    public string? Joint { get; }

    public Fault? Fault { get; private set; }

    /// <summary>True if the request sets the reply, so that the model calls no tool on its own.</summary>
    public bool SetsReply => Tokens is not null || _content.Count > 0 || ToolCalls.Count > 0;

    /// <summary>Removes the fault, for a call that the fault does not select.</summary>
    public void ClearFault() => Fault = null;

    /// <summary>Reasoning of a choice; null for the scripted text.</summary>
    public string? Reasoning(int choice) => TextOf(_reasoning, choice);

    /// <summary>Content of a choice; null for the scripted text.</summary>
    public string? Content(int choice) => TextOf(_content, choice);

    // A single text applies to all choices. Choices without a text of their own use the last one.
    private static string? TextOf(IReadOnlyList<string> texts, int choice) =>
        texts.Count == 0 ? null : texts[Math.Min(choice, texts.Count - 1)];
}
