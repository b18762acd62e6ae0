using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Limits;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

// Replies that end while others read or cancel them.
public sealed partial class StoredResponseTests
{
    [Fact]
    public async Task Head_OfARunningResponse_DoesNotWaitForItsEnd()
    {
        var request = ResponsesCall.Request("""{"tokens":1000,"pace_ms":1000}""", """{"background":true}""");
        var (_, started) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", request);

        using var head = await StoredFunction.SendAsync(stored.Client, "HEAD", $"v1/responses/{started["id"]}?stream=true");
        var (_, running) = await StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{started["id"]}");
        await StoredFunction.AskAsync(stored.Client, "POST", $"v1/responses/{started["id"]}/cancel");

        Assert.Equal((200, "text/event-stream"), ((int)head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.True((string?)running["status"] is "queued" or "in_progress");
    }

    // Readers of a reply that is deleted see its end as its own client does.
    [Fact]
    public async Task Delete_OfARunningResponse_EndsItsReaders()
    {
        var marker = Guid.NewGuid().ToString();
        using var live = await StartAsync($$"""{"tokens":500,"gate":"{{marker}}"}""", marker);
        var id = IdOf((await live.ReadAsync())!);
        using var reader = await RawStream.StartAsync(stored.Client, "GET", $"v1/responses/{id}?stream=true");
        await reader.ReadAsync();

        var (status, _) = await StoredFunction.AskAsync(stored.Client, "DELETE", $"v1/responses/{id}");

        Assert.Equal(200, status);
        foreach (var stream in new[] { live, reader })
        {
            var rest = await stream.ReadToEndAsync();
            Assert.Contains("event: response.incomplete\n", rest[^2], StringComparison.Ordinal);
            Assert.Contains("\"status\":\"cancelled\"", rest[^2], StringComparison.Ordinal);
        }
    }

    // The live client, the cancellation and later readers see the same end.
    [Fact]
    public async Task Cancel_ThatRacesWithTheEnd_HasOneResult()
    {
        for (var i = 0; i < 4; i++)
        {
            var marker = Guid.NewGuid().ToString();
            using var live = await StartAsync($$"""{"tokens":3,"gate":"{{marker}}"}""", marker);
            var id = IdOf((await live.ReadAsync())!);
            var cancellation = StoredFunction.AskAsync(stored.Client, "POST", $"v1/responses/{id}/cancel");
            if (i % 2 == 0)
            {
                // Cancelled before the last event, which its producer does not know yet.
                await TableExtensions.UntilAsync(
                    () => StoredFunction.AskAsync(stored.Client, "GET", $"v1/responses/{id}"),
                    answer => (string?)answer.Body["status"] != "in_progress");
            }

            function.Emulator.Gates.Open(marker, 100);
            var last = JsonNode.Parse((await live.ReadToEndAsync())[^2].Split("data: ")[1])!["response"]!;

            Assert.Equal((string?)last["status"], (string?)(await cancellation).Body["status"]);
            Assert.Equal((string?)last["status"], (string?)(await StoredFunction.WaitForEndAsync(stored.Client, id))["status"]);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1000)]
    public async Task Get_AfterMoreThanTheLastEvent_HasNoEvent(long after)
    {
        var (_, body) = await StoredFunction.AskAsync(stored.Client, "POST", "v1/responses", ResponsesCall.Request("""{"tokens":1}"""));

        var events = await RawStream.ReadAllAsync(
            stored.Client, "GET", $"v1/responses/{body["id"]}?stream=true&starting_after={after}");

        Assert.Equal(["data: [DONE]\n\n"], events);
    }
}
