using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Faults;

/// <summary>
/// Tests a fault at all moments, over both transports, streaming and non-streaming. After each the process must run, without open calls.
/// </summary>
internal sealed class FaultRow
{
    private static readonly string[] Next = ["200", "", " t0", "finish stop", "[DONE]"];

    private readonly FaultLambda _lambda;

    private FaultRow(FaultLambda lambda) => _lambda = lambda;

    /// <summary>The failures at each moment.</summary>
    public Dictionary<FaultMoment, IReadOnlyList<string>> Faults { get; } = [];

    public static async Task<FaultRow> RunAsync(FaultLambda lambda, FaultKind kind)
    {
        var row = new FaultRow(lambda);
        foreach (var moment in kind.Moments)
        {
            row.Faults[moment] = await row.RunAsync(FaultCell.Of(kind, moment).ToLookup(cell => cell.AtOnce == 1));
        }

        return row;
    }

    // Cells with one invocation run in parallel, each in its own environment, because many of them wait.
    private async Task<IReadOnlyList<string>> RunAsync(ILookup<bool, FaultCell> cells)
    {
        var faults = (await Task.WhenAll(cells[true].Select(RunAsync))).SelectMany(found => found).ToList();
        foreach (var cell in cells[false])
        {
            faults.AddRange(await RunAsync(cell));
        }

        return faults;
    }

    private async Task<IReadOnlyList<string>> RunAsync(FaultCell cell)
    {
        using var limit = WaitLimit.Start(); // A longer cell counts as a hang.
        var (before, alive) = (_lambda.Emulator.Calls.Count, _lambda.Alive);
        var ids = Enumerable.Range(0, cell.AtOnce).Select(_ => Guid.NewGuid().ToString()).ToHashSet();
        try
        {
            var transcripts = await Task.WhenAll(
                ids.Select(
                    id => Transcript.ReadAsync(_lambda.Client, cell.Request(id), () => _lambda.Emulator.Gates.Open(id), limit.Token)));
            await EndAsync(ids, before, limit.Token);
            var next = await AskAgainAsync(cell.AtOnce, limit.Token);
            return
            [
                .. transcripts.Select(cell.FindFault).OfType<string>().Distinct(),
                .. next.Where(transcript => !transcript.Lines.SequenceEqual(Next)).Select(
                    transcript => $"{cell}: the next request got {transcript}"),
                .. alive.Except(_lambda.Alive).Select(environment => $"{cell}: the process {environment.ProcessId} died"),
            ];
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or HttpIOException)
        {
            return [$"{cell}: {(limit.IsCancellationRequested ? $"hangs for {WaitLimit.Duration.TotalSeconds} s" : exception.Message)}"];
        }
    }

    // Waits until all calls, including retries, have ended.
    private async Task EndAsync(HashSet<string> ids, int before, CancellationToken cancellationToken)
    {
        var calls = _lambda.Emulator.Calls.Skip(before).Where(call => ids.Contains((string?)call.Body["user"] ?? "")).ToList();
        Assert.Equal(ids.Count, calls.Select(call => (string?)call.Body["user"]).Distinct().Count());
        await Task.WhenAll(calls.Select(call => call.Ended)).WaitAsync(cancellationToken);
    }

    private Task<Transcript[]> AskAgainAsync(int count, CancellationToken cancellationToken)
    {
        var request = Reply.Request("""{"tokens":1}""");
        return Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => Transcript.ReadAsync(_lambda.Client, request, static () => { }, cancellationToken)));
    }
}
