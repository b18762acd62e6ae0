using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Clients.Wire;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>The checks of the recorded responses find each fault that a test puts into a correct stream.</summary>
public sealed class WireCheckTests(ApiClientFixture fixture) : IClassFixture<ApiClientFixture>
{
    [Theory]
    [InlineData("\"sequence_number\":5", "\"sequence_number\":6")]
    [InlineData("event: response.created", "event: response.other")]
    [InlineData("\"output_index\":1", "\"output_index\":0")]
    [InlineData("\"content_index\":0,", "")]
    [InlineData("\"logprobs\":[]", "\"logprobs\":null")]
    [InlineData("\"cached_tokens\":", "\"cached\":")]
    [InlineData("\"status\":\"completed\"", "\"status\":\"done\"")]
    [InlineData("data: [DONE]\n\n", "")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData("data: ", "data:")]
    public async Task Responses_Fault_IsFound(string text, string replacement)
    {
        var exchange = await AskAsync("/v1/responses", """{"model":"tool","input":"What is the weather?","stream":true}""");

        Assert.Empty(ResponsesCheck.FindFaults(exchange));
        Assert.NotEmpty(ResponsesCheck.FindFaults(With(exchange, text, replacement)));
    }

    [Theory]
    [InlineData("event: message_stop", "event: stop")]
    [InlineData("\"index\":1", "\"index\":0")]
    [InlineData("signature_delta", "text_delta")]
    [InlineData("\"stop_details\":null", "\"details\":null")]
    [InlineData("\"input_tokens\":", "\"tokens\":")]
    [InlineData("\"end_turn\"", "\"tool_calls\"")]
    [InlineData("data: ", "data:")]
    public async Task Messages_Fault_IsFound(string text, string replacement)
    {
        var exchange = await AskAsync(
            "/v1/messages",
            """
            {"model":"thinking","max_tokens":4096,"stream":true,"thinking":{"type":"enabled","budget_tokens":1024},
             "messages":[{"role":"user","content":"9.11 and 9.8, which is greater?"}]}
            """);

        Assert.Empty(MessagesCheck.FindFaults(exchange));
        Assert.NotEmpty(MessagesCheck.FindFaults(With(exchange, text, replacement)));
    }

    private async Task<Exchange> AskAsync(string path, string body)
    {
        using var client = FunctionFixture.CreateClient(fixture.Proxy.Address);
        using var response = await client.PostAsJsonAsync(path, JsonNode.Parse(body), TestContext.Current.CancellationToken);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return Assert.Single(fixture.Proxy.Take());
    }

    private static Exchange With(Exchange exchange, string text, string replacement)
    {
        Assert.Contains(text, exchange.Response, StringComparison.Ordinal);
        var changed = new Exchange(exchange.Method, exchange.Path, [])
        {
            Status = exchange.Status,
            ContentType = exchange.ContentType,
            IsWhole = true,
        };
        changed.Add(Encoding.UTF8.GetBytes(exchange.Response.Replace(text, replacement, StringComparison.Ordinal)));
        return changed;
    }
}
