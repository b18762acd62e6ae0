using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>A fault at a moment over a transport, streaming or non-streaming: the request and the expected reply.</summary>
internal sealed record FaultCell(FaultKind Kind, FaultMoment Moment, string Model, bool IsStreamed, int AtOnce)
{
    private static readonly string Text = string.Concat(FaultMoment.AfterDone.Events.Take(1 + FaultMoment.Tokens));

    /// <summary>The error that clients receive; null if the reply is complete.</summary>
    public UpstreamError? Expected => IsAskedAgain ? null : Kind.ErrorAt(Moment);

    // SageMaker's stream that ended or broke without a record, or with [DONE] alone, is called again without streaming, and that call
    // succeeds.
    private bool IsAskedAgain =>
        Kind.Name is "end" or "done" or "model_stream_error" && Moment.After == 0 && !IsStreamed && !Model.EndsWith("-openai", StringComparison.Ordinal);

    /// <summary>
    /// True to send each event after the previous one was read, so that no event is in flight at the fault. The function sends the finish
    /// reason at the end, so that nothing can wait for it.
    /// </summary>
    public bool IsGated => Kind.LosesBytes && IsStreamed && !Moment.IsContinued && !Moment.IsAfterFinish;

    public static IEnumerable<FaultCell> Of(FaultKind kind, FaultMoment moment) =>
        from model in kind.ModelsAt(moment)
        from isStreamed in (bool[])[true, false]
        from atOnce in kind.AtOnce
        select new FaultCell(kind, moment, model, isStreamed, atOnce);

    public override string ToString() =>
        $"{Kind.Name} {Moment.Title}, {Model}, {(IsStreamed ? "streamed" : "non-streaming")}, {AtOnce} at once";

    /// <summary>The expected result of a streaming reply in the short form of the table.</summary>
    public static string Describe(FaultKind kind, FaultMoment moment) => kind.ErrorAt(moment) switch
    {
        null => "whole",
        var error when moment.After > 0 => $"events + `{error.Code}`",
        var error => $"{error.Status} `{error.Code}`",
    };

    /// <param name="id">Identifies the call and its gate in the emulator.</param>
    public JsonObject Request(string id)
    {
        var request = Reply.Request($$"""{"tokens":{{FaultMoment.Tokens}}}""");
        request["model"] = Model;
        request["stream"] = IsStreamed;
        request["user"] = id;
        request["stand_in"]!["fault"] = Kind.At(Moment);
        if (IsStreamed)
        {
            request["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        if (IsGated)
        {
            request["stand_in"]!["gate"] = id;
        }

        return request;
    }

    /// <summary>The difference from the expected reply; null for none.</summary>
    public string? FindFault(Transcript transcript) =>
        Accepted().Any(lines => lines.SequenceEqual(transcript.Lines)) ? null : $"{this}: {transcript}";

    // The number of bytes before a reset is not visible in a non-streaming reply.
    private IEnumerable<IEnumerable<string>> Accepted()
    {
        yield return ExpectedLines();
        if (Kind.LosesBytes && !IsStreamed)
        {
            yield return Refusal(UpstreamError.ConnectionLost);
            yield return Refusal(UpstreamError.Unreachable);
        }

        foreach (var lines in Kind.LosesBytes && IsStreamed && Moment.IsAfterFinish ? CutLines() : [])
        {
            yield return lines;
        }
    }

    // A reset overtakes events that are in flight.
    private static IEnumerable<IEnumerable<string>> CutLines()
    {
        string[] all = [.. FaultMoment.AfterFinish.Events];
        yield return Refusal(UpstreamError.ConnectionLost);
        yield return ["200", .. all, "[DONE]"];
        for (var count = 1; count < all.Length; count++)
        {
            yield return ["200", .. all[..count], .. InStream(UpstreamError.ConnectionLost, isHidden: false)];
        }
    }

    private IEnumerable<string> ExpectedLines() => (Expected, IsStreamed) switch
    {
        ({ } error, false) => Refusal(error),
        ({ } error, true) when Moment.After == 0 => Refusal(error),
        ({ } error, true) => ["200", .. Moment.Events, .. InStream(error, Kind.IsHidden)],
        (null, true) => ["200", .. (Moment.IsContinued ? FaultMoment.AfterDone : Moment).Events, "[DONE]"],
        (null, false) => ["200", Text, "finish stop"],
    };

    private static IEnumerable<string> InStream(UpstreamError error, bool isHidden) =>
        [error.Body, .. isHidden
            ? (string[])[]
            : [$"\n\n[Error: {error.Message}]"], $"finish error: {error.Message}", "finish error", "[DONE]"];

    private static IEnumerable<string> Refusal(UpstreamError error) => [$"{error.Status}", error.Body];
}
