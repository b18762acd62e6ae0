using System.Globalization;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.DynamoDb;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>Reads the usage in a table.</summary>
internal static class TableExtensions
{
    // Polling without a pause would take the processor from the processes under test.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    /// <summary>The usage of a window, by the start of its sort key.</summary>
    public static async Task<(long Requests, long Tokens, decimal Cost)> SpentAsync(this DynamoTable table, string partition, string window)
    {
        var item = await table.FindAsync(partition, window);
        return item is null ? (0, 0, 0) : ((long)Number(item, "requests"), (long)Number(item, "tokens"), Number(item, "cost"));
    }

    /// <summary>The item of the last window, by the start of its sort key. A window can end during a test.</summary>
    public static async Task<JsonNode?> FindAsync(this DynamoTable table, string partition, string sort) =>
        (await table.ReadAllAsync())
            .Where(item => (string?)item["pk"]!["S"] == partition && ((string)item["sk"]!["S"]!).StartsWith(sort, StringComparison.Ordinal))
            .MaxBy(item => (string)item["sk"]!["S"]!, StringComparer.Ordinal);

    /// <summary>Reads until the value is as expected. Replies settle after their last byte.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isExpected)
    {
        using var limit = WaitLimit.Start();
        using var timer = new PeriodicTimer(Pace);
        while (true)
        {
            var value = await read();
            if (isExpected(value))
            {
                return value;
            }

            Assert.False(limit.IsCancellationRequested, $"The value is still {value}.");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static decimal Number(JsonNode item, string name) => decimal.Parse((string)item[name]!["N"]!, CultureInfo.InvariantCulture);
}
