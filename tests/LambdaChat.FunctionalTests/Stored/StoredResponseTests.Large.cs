using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Responses;

namespace LambdaChat.FunctionalTests.Stored;

// Requests that are too large for the store.
public sealed partial class StoredResponseTests
{
    [Fact]
    public async Task Background_TooLargeForTheStore_IsRefusedOnceAndForAll()
    {
        var marker = Guid.NewGuid().ToString();

        using var response = await StoredFunction.SendAsync(
            stored.Client, "POST", "v1/responses", LargeRequest(marker, """{"background":true}"""));
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;

        Assert.Equal((413, "request_too_large_to_store"), ((int)response.StatusCode, (string?)error["code"]));
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
        Assert.DoesNotContain(function.Emulator.Calls, call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
    }

    // Nobody can read the rest.
    [Fact]
    public async Task Stream_ThatIsNotStored_EndsWithItsClient()
    {
        var marker = Guid.NewGuid().ToString();
        using (var live = await RawStream.StartAsync(
            stored.Client, "POST", "v1/responses", LargeRequest(marker, """{"stream":true}""")))
        {
            function.Emulator.Gates.Open(marker, 3);
            await live.ReadAsync();
        }

        var call = function.Emulator.Calls.Last(call => call.Body.ToJsonString().Contains(marker, StringComparison.Ordinal));
        Assert.False(await call.Ended.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    // Random bytes, because text shrinks. The scripted model reads the last message only, and adjacent ones of a role are joined.
    private static JsonObject LargeRequest(string marker, string members)
    {
        var request = ResponsesCall.Request($$"""{"tokens":500,"gate":"{{marker}}"}""", members);
        request["input"] = new JsonArray(
            Message("user", Convert.ToBase64String(RandomNumberGenerator.GetBytes(4_330_000))), Message("assistant", "Yes?"),
            Message("user", (string)request["input"]!));
        return request;
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };
}
