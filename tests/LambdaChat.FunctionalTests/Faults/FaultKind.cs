using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>One thing that can go wrong upstream, and what clients are to be told of it.</summary>
/// <param name="Name">The stand-in's name for it.</param>
/// <param name="Title">The table's.</param>
/// <param name="Moments">When it can come.</param>
/// <param name="Error">What clients are told where no moment has an error of its own.</param>
internal sealed record FaultKind(string Name, string Title, IReadOnlyList<FaultMoment> Moments, UpstreamError Error)
{
    private static readonly string[] Transports = ["", "-openai"];

    /// <summary>What it is where it comes in place of the first event.</summary>
    public UpstreamError? AtStart { get; init; }

    /// <summary>What it is behind half of an event.</summary>
    public UpstreamError? MidEvent { get; init; }

    /// <summary>The container's status, where it has one.</summary>
    public int? Status { get; init; }

    /// <summary>The model, as the catalogue names it on the event stream.</summary>
    public string Model { get; init; } = FunctionFixture.Model;

    /// <summary>True for what is no fault of its own without an event stream.</summary>
    public bool IsOfEventStream { get; init; }

    /// <summary>True where users see no text of it, as the model is configured.</summary>
    public bool IsHidden { get; init; }

    /// <summary>True where bytes before it may be thrown away, unless they are known to have arrived.</summary>
    public bool LosesBytes { get; init; }

    /// <summary>How many invocations meet it at once.</summary>
    public IReadOnlyList<int> AtOnce { get; init; } = [1, 32];

    /// <summary>The models to ask: one for each transport.</summary>
    public IEnumerable<string> Models => Transports.Take(IsOfEventStream ? 1 : 2).Select(transport => Model + transport);

    /// <summary>What clients are told; null where they get the whole answer.</summary>
    public UpstreamError? ErrorAt(FaultMoment moment) => true switch
    {
        _ when moment.IsAfterFinish => null,
        _ when moment == FaultMoment.BeforeFirstEvent => AtStart ?? Error,
        _ when moment == FaultMoment.MidEvent => MidEvent ?? Error,
        _ => Error,
    };

    /// <summary>What the stand-in is asked for.</summary>
    public JsonObject At(FaultMoment moment)
    {
        var fault = new JsonObject { ["kind"] = Name, ["after"] = moment.After, ["mid_event"] = moment.IsMidEvent };
        if (Status is not null)
        {
            fault["status"] = Status;
        }

        return fault;
    }
}
