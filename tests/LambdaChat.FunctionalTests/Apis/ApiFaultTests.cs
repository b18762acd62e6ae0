using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Faults;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Apis;

/// <summary>Every fault at every moment, over both transports, through each API, streaming and non-streaming.</summary>
public sealed class ApiFaultTests(FunctionFixture function)
{
    private static readonly string Text = string.Concat(FaultMoment.AfterDone.Events.Take(1 + FaultMoment.Tokens));

    public static TheoryData<string, string> Cases => new(
        from api in ApiKind.All
        from kind in FaultKinds.All
        select (api.Name, kind.Title));

    [Theory, Trait("reported", "R38 R41")]
    [MemberData(nameof(Cases))]
    public async Task Fault_AtEveryMoment_IsReported(string name, string title)
    {
        var (api, kind) = (ApiKind.Find(name), FaultKinds.Find(title));
        using var client = FunctionFixture.CreateClient(function.Kestrel.Url); // One process: many calls wait at the same time.
        var cells = kind.Moments.SelectMany(moment => FaultCell.Of(kind, moment))
            .Where(cell => cell.AtOnce == 1 && api.Forms.Contains(cell.IsStreamed));

        var faults = (await Task.WhenAll(cells.Select(cell => FindFaultAsync(api, client, cell)))).OfType<string>().ToList();

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private async Task<string?> FindFaultAsync(ApiKind api, HttpClient client, FaultCell cell)
    {
        using var limit = WaitLimit.Start(); // A longer call counts as a hang.
        var gate = Guid.NewGuid().ToString();
        var isGated = cell.IsGated && !cell.Moment.IsAfterFinish; // A finish reason gives no event before the end.
        var standIn = new JsonObject
        {
            ["tokens"] = FaultMoment.Tokens,
            ["fault"] = cell.Kind.At(cell.Moment),
            ["gate"] = isGated ? gate : null,
        };
        var reply = await api.SendAsync(
            new ApiRequest(client, $$"""{"stand_in":{{standIn.ToJsonString()}} }""", cell.Model, cell.IsStreamed, limit.Token)
            {
                OnText = () => function.Emulator.Gates.Open(gate),
            });
        return Accepts(api, cell, reply) ? null : $"{cell}: {reply}";
    }

    private static bool Accepts(ApiKind api, FaultCell cell, ApiReply reply) =>
        Is(api, cell, reply)
        // A reset can discard bytes that were sent before it, also the finish reason.
        || (cell.Kind.LosesBytes && (!cell.IsStreamed || cell.Moment.IsAfterFinish) && IsCut(reply));

    private static bool IsCut(ApiReply reply) =>
        (reply.Error == UpstreamError.ConnectionLost.Message || reply.Error == UpstreamError.Unreachable.Message)
        && reply.Finish is null && Text.StartsWith(reply.Text, StringComparison.Ordinal);

    private static bool Is(ApiKind api, FaultCell cell, ApiReply reply)
    {
        if (cell.Expected is not { } error)
        {
            return reply is { Status: 200, Finish: "stop", Error: null } && reply.Text == Text;
        }

        var isInStream = cell.IsStreamed && cell.Moment.After > 0;
        var text = isInStream ? string.Concat(cell.Moment.Events) : "";
        return reply.Status == (isInStream ? 200 : api.StatusOf(error)) && reply.Text == text && reply.Finish is null
            && reply.Error == error.Message && reply.Code == api.CodeOf(error);
    }
}
