using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>A kind of upstream fault and the error that clients receive.</summary>
/// <param name="Name">Value of <c>stand_in.fault.kind</c>.</param>
/// <param name="Title">Name in the table.</param>
/// <param name="Moments">The moments at which the fault can occur.</param>
/// <param name="Error">The error, unless a moment has another.</param>
internal sealed record FaultKind(string Name, string Title, IReadOnlyList<FaultMoment> Moments, UpstreamError Error)
{
    private static readonly string[] Transports = ["", "-openai"];

    /// <summary>The error before the first event.</summary>
    public UpstreamError? AtStart { get; init; }

    /// <summary>The error after half of an event.</summary>
    public UpstreamError? MidEvent { get; init; }

    /// <summary>HTTP status of the container.</summary>
    public int? Status { get; init; }

    /// <summary>The model that uses the event stream.</summary>
    public string Model { get; init; } = FunctionFixture.Model;

    /// <summary>True for faults that exist in event streams only.</summary>
    public bool IsOfEventStream { get; init; }

    /// <summary>True if the model is configured to show no error text.</summary>
    public bool IsHidden { get; init; }

    /// <summary>True if the fault can discard bytes that were sent before it.</summary>
    public bool LosesBytes { get; init; }

    /// <summary>Numbers of concurrent invocations.</summary>
    public IReadOnlyList<int> AtOnce { get; init; } = [1, 32];

    /// <summary>One model for each transport.</summary>
    public IEnumerable<string> ModelsAt(FaultMoment moment)
    {
        var model = !moment.IsContinued ? Model : Model == FunctionFixture.Model ? "continued" : $"continued-{Model}";
        return Transports.Take(IsOfEventStream ? 1 : 2).Select(transport => model + transport);
    }

    /// <summary>The error that clients receive; null if the reply is complete.</summary>
    public UpstreamError? ErrorAt(FaultMoment moment) => true switch
    {
        _ when moment.IsAfterFinish => null,
        _ when moment.IsContinued => Error.Status == 400 ? Error : null, // An error of the request is not repaired.
        _ when moment == FaultMoment.BeforeFirstEvent => AtStart ?? Error,
        _ when moment == FaultMoment.MidEvent => MidEvent ?? Error,
        _ => Error,
    };

    /// <summary>The value of <c>stand_in.fault</c>.</summary>
    public JsonObject At(FaultMoment moment)
    {
        var fault = new JsonObject { ["kind"] = Name, ["after"] = moment.After, ["mid_event"] = moment.IsMidEvent };
        if (moment.IsContinued)
        {
            (fault["times"], fault["id"]) = (1, $"{Guid.NewGuid()}");
        }

        if (Status is not null)
        {
            fault["status"] = Status;
        }

        return fault;
    }
}
