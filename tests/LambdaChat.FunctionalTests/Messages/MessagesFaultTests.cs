using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Faults;

namespace LambdaChat.FunctionalTests.Messages;

/// <summary>Every fault at every moment, over both transports, through the Messages API, streaming and non-streaming.</summary>
public sealed class MessagesFaultTests(FunctionFixture function)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60); // A longer call counts as a hang.
    private static readonly string Text = string.Concat(FaultMoment.AfterDone.Events.Take(1 + FaultMoment.Tokens));

    [Theory]
    [MemberData(nameof(FaultKinds.Titles), MemberType = typeof(FaultKinds))]
    public async Task Fault_AtEveryMoment_IsReported(string title)
    {
        var kind = FaultKinds.Find(title);
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url); // One process: many calls wait at the same time.
        var cells = kind.Moments.SelectMany(moment => FaultCell.Of(kind, moment).Where(cell => cell.AtOnce == 1));

        var faults = (await Task.WhenAll(cells.Select(cell => FindFaultAsync(client, cell)))).OfType<string>().ToList();

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private async Task<string?> FindFaultAsync(HttpClient client, FaultCell cell)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var gate = Guid.NewGuid().ToString();
        var isGated = cell.IsGated && !cell.Moment.IsAfterFinish; // A finish reason gives no event before the end.
        var request = MessagesCall.Request(new JsonObject
        {
            ["tokens"] = FaultMoment.Tokens,
            ["fault"] = cell.Kind.At(cell.Moment),
            ["gate"] = isGated ? gate : null,
        }.ToJsonString());
        (request["model"], request["stream"]) = (cell.Model, cell.IsStreamed);
        var call = await MessagesCall.SendAsync(
            client, request, onEvent: name => Open(name, gate), cancellationToken: limit.Token);
        return Accepts(cell, call) ? null : $"{cell}: {call}";
    }

    private void Open(string name, string gate)
    {
        if (name is "message_start" or "content_block_delta")
        {
            function.Emulator.Gates.Open(gate);
        }
    }

    private static bool Accepts(FaultCell cell, MessagesCall call) =>
        Is(call, cell, cell.Expected)
        // A reset can discard bytes that were sent before it, also the finish reason.
        || (cell.Kind.LosesBytes && (!cell.IsStreamed || cell.Moment.IsAfterFinish) && IsCut(call));

    private static bool IsCut(MessagesCall call) =>
        (string?)call.Error?["message"] is var message && (message == UpstreamError.ConnectionLost.Message
            || message == UpstreamError.Unreachable.Message)
        && call.StopReason is null && Text.StartsWith(call.Text, StringComparison.Ordinal);

    private static bool Is(MessagesCall call, FaultCell cell, UpstreamError? error)
    {
        if (error is null)
        {
            return call is { Status: 200, StopReason: "end_turn", Error: null } && call.Text == Text;
        }

        var isInStream = cell.IsStreamed && cell.Moment.After > 0;
        var text = isInStream ? string.Concat(cell.Moment.Events) : "";
        return call.Status == (isInStream ? 200 : StatusOf(error)) && call.Text == text && call.StopReason is null
            && (string?)call.Error?["message"] == error.Message && (string?)call.Error["type"] == TypeOf(error);
    }

    private static int StatusOf(UpstreamError error) => error.Status == 503 ? 529 : error.Status;

    private static string TypeOf(UpstreamError error) => error.Status switch
    {
        400 => "invalid_request_error",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        _ => "api_error",
    };
}
