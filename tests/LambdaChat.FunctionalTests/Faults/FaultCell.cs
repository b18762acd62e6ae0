using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>One fault at one moment over one transport in one form of reply: what is asked, and what must come.</summary>
internal sealed record FaultCell(FaultKind Kind, FaultMoment Moment, string Model, bool IsStreamed, int AtOnce)
{
    private static readonly string Text = string.Concat(FaultMoment.AfterDone.Events.Take(1 + FaultMoment.Tokens));

    private UpstreamError? Error => Kind.ErrorAt(Moment);

    /// <summary>True where each event is sent only once the one before it has been read, so that none is on its way at the fault.</summary>
    public bool IsGated => Kind.LosesBytes && IsStreamed;

    public static IEnumerable<FaultCell> Of(FaultKind kind, FaultMoment moment) =>
        from model in kind.Models
        from isStreamed in (bool[])[true, false]
        from atOnce in kind.AtOnce
        select new FaultCell(kind, moment, model, isStreamed, atOnce);

    public override string ToString() => $"{Kind.Name} {Moment.Title}, {Model}, {(IsStreamed ? "streamed" : "in one piece")}, {AtOnce} at once";

    /// <summary>The table's short form of what must come where the answer is streamed.</summary>
    public static string Describe(FaultKind kind, FaultMoment moment) => kind.ErrorAt(moment) switch
    {
        null => "whole",
        var error when moment.After > 0 => $"events + `{error.Code}`",
        var error => $"{error.Status} `{error.Code}`",
    };

    /// <param name="id">What finds the call again at the stand-in, and opens its gate.</param>
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

    /// <summary>What is wrong with what came; null where nothing is.</summary>
    public string? FindFault(Transcript transcript) =>
        Accepted().Any(lines => lines.SequenceEqual(transcript.Lines)) ? null : $"{this}: {transcript}";

    // Nobody sees what of an answer in one piece has arrived before a reset.
    private IEnumerable<IEnumerable<string>> Accepted()
    {
        yield return Expected();
        if (Kind.LosesBytes && !IsStreamed)
        {
            yield return Refusal(UpstreamError.ConnectionLost);
            yield return Refusal(UpstreamError.Unreachable);
        }
    }

    private IEnumerable<string> Expected() => (Error, IsStreamed) switch
    {
        ({ } error, false) => Refusal(error),
        ({ } error, true) when Moment.After == 0 => Refusal(error),
        ({ } error, true) => ["200", .. Moment.Events, .. InStream(error)],
        (null, true) => ["200", .. Moment.Events, "[DONE]"],
        (null, false) => ["200", Text, "finish stop"],
    };

    private IEnumerable<string> InStream(UpstreamError error) =>
        Kind.IsHidden ? [error.Body, "finish error", "[DONE]"] : [error.Body, $"\n\n[Error: {error.Message}]", "finish error", "[DONE]"];

    private static IEnumerable<string> Refusal(UpstreamError error) => [$"{error.Status}", error.Body];
}
