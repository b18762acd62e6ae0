using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Faults;

namespace LambdaChat.FunctionalTests.Responses;

/// <summary>Every fault at every moment, over both transports, through the Responses API, streaming and non-streaming.</summary>
public sealed class ResponsesFaultTests(FunctionFixture function)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60); // A longer call counts as a hang.
    private static readonly string Text = string.Concat(FaultMoment.AfterDone.Events.Take(1 + FaultMoment.Tokens));

    [Theory]
    [MemberData(nameof(FaultKinds.Titles), MemberType = typeof(FaultKinds))]
    public async Task Fault_AtEveryMoment_IsReported(string title)
    {
        var kind = FaultKinds.Find(title);
        var cells = kind.Moments.SelectMany(moment => FaultCell.Of(kind, moment).Where(cell => cell.AtOnce == 1));

        var faults = await Task.WhenAll(cells.Select(FindFaultAsync));

        Assert.Equal("", string.Join(Environment.NewLine, faults.OfType<string>()));
    }

    private async Task<string?> FindFaultAsync(FaultCell cell)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var gate = Guid.NewGuid().ToString();
        var isGated = cell.IsGated && !cell.Moment.IsAfterFinish; // A finish reason gives no event before the end.
        var request = ResponsesCall.Request(new JsonObject
        {
            ["tokens"] = FaultMoment.Tokens,
            ["fault"] = cell.Kind.At(cell.Moment),
            ["gate"] = isGated ? gate : null,
        }.ToJsonString());
        (request["model"], request["stream"]) = (cell.Model, cell.IsStreamed);
        var call = await ResponsesCall.SendAsync(
            function.Client, request, onEvent: name => Open(name, gate), cancellationToken: limit.Token);
        return Accepts(cell, call) ? null : $"{cell}: {call}";
    }

    private void Open(string name, string gate)
    {
        if (name is "response.in_progress" or "response.output_text.delta")
        {
            function.Emulator.Gates.Open(gate);
        }
    }

    private static bool Accepts(FaultCell cell, ResponsesCall call) =>
        Is(call, cell, cell.Expected)
        // A reset can discard bytes that were sent before it, also the finish reason.
        || (cell.Kind.LosesBytes && (!cell.IsStreamed || cell.Moment.IsAfterFinish) && IsCut(call));

    private static bool IsCut(ResponsesCall call) =>
        (string?)call.Error?["message"] is var message
        && (message == UpstreamError.ConnectionLost.Message || message == UpstreamError.Unreachable.Message)
        && Text.StartsWith(call.Text, StringComparison.Ordinal);

    private static bool Is(ResponsesCall call, FaultCell cell, UpstreamError? error)
    {
        if (error is null)
        {
            return call is { Status: 200, Error: null } && (string?)call.Response!["status"] == "completed" && call.Text == Text
                && call.IsDone == cell.IsStreamed;
        }

        var isInStream = cell.IsStreamed && cell.Moment.After > 0;
        return call.Status == (isInStream ? 200 : error.Status) && call.Text == (isInStream ? string.Concat(cell.Moment.Events) : "")
            && (string?)call.Error?["message"] == error.Message && (string?)call.Error["code"] == error.Code
            && (!isInStream || HasFailed(call, error));
    }

    private static bool HasFailed(ResponsesCall call, UpstreamError error) =>
        call.IsDone && call.Events[^1].Name == "response.failed" && (string?)call.Response!["error"]!["code"] == error.Code;
}
