using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>1,000 stored replies run at once in one process.</summary>
public sealed class ManyRepliesTests(FunctionFixture function, StoredFunction stored) : IClassFixture<StoredFunction>
{
    private const int Count = 1000;

    [Fact]
    public async Task ManyReplies_AtOnce_AreAllStored()
    {
        var gate = Guid.NewGuid().ToString();
        var request = ResponsesCall.Request($$"""{"tokens":2,"gate":"{{gate}}"}""", """{"background":true}""");
        var ids = new List<string>();
        foreach (var _ in Enumerable.Range(0, Count / 50))
        {
            var queued = await Task.WhenAll(Enumerable.Range(0, 50).Select(
                _ => StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request)));
            ids.AddRange(queued.Select(answer => (string)answer.Body["id"]!));
        }

        function.Emulator.Gates.Open(gate, 20 * Count);
        foreach (var id in ids.Where((_, i) => i % 10 == 0)) // The number of reads is limited.
        {
            using var stream = await RawStream.StartAsync(stored.Client, "GET", $"v1/responses/{id}?stream=true");
            var events = await stream.ReadToEndAsync();
            Assert.Contains("event: response.completed\n", events[^2], StringComparison.Ordinal);
            Assert.Contains("\"text\":\" t0 t1\"", events[^2], StringComparison.Ordinal);
        }

        Assert.Distinct(ids);
    }
}
