using System.Text;
using System.Text.Json;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>Events of load balancers and HTTP APIs, which accept buffered responses only, and scheduled events.</summary>
public sealed class EventSourceTests(FunctionFixture function) : IAsyncLifetime
{
    private const string Headers = $$"""
        "headers":{"authorization":"Bearer {{FunctionFixture.Key}}","content-type":"application/json","x-forwarded-proto":"https"}
        """;

    private const string MultiValueHeaders = $$"""
        "multiValueHeaders":{"authorization":["Bearer {{FunctionFixture.Key}}"],"content-type":["application/json"]}
        """;

    private const string LoadBalancer = """
        "requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/chat/0123456789abcdef"}},
        "httpMethod":"POST","path":"/v1/chat/completions"
        """;

    private const string HttpApi = """
        "version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/v1/chat/completions","rawQueryString":"","requestContext":
          {"domainName":"a1b2c3.execute-api.us-east-1.amazonaws.com","http":{"method":"POST","path":"/v1/chat/completions"}}
        """;

    private const string HttpApiVersion1 = """
        "version":"1.0","resource":"/{proxy+}","path":"/v1/chat/completions","httpMethod":"POST","requestContext":{"apiId":"a1b2c3"}
        """;

    private readonly Log _log = new();
    private IReadOnlyList<string> _report = [];
    private ExecutionEnvironment? _environment;

    public async ValueTask InitializeAsync()
    {
        var options = new LambdaOptions
        {
            FunctionPath = FunctionFixture.FunctionPath,
            Variables = FunctionFixture.Variables(function.Emulator.Address),
            AcceptsStreams = false,
            Log = _log.Write,
            InitTimeout = TimeSpan.FromMinutes(1), // For a busy machine.
        };
        _environment = await ExecutionEnvironment.StartAsync(
            FunctionFixture.IsPackage ? FunctionTemplate.Read().ApplyTo(options) : options, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _environment!.DisposeAsync();

    [Theory]
    [InlineData(LoadBalancer, Headers, "LoadBalancer")]
    [InlineData(LoadBalancer, MultiValueHeaders, "LoadBalancer")]
    [InlineData(HttpApi, Headers, "HttpApi")]
    [InlineData(HttpApiVersion1, MultiValueHeaders, "HttpApi")]
    public async Task Reply_ToASenderWithoutStreams_IsBuffered(string context, string headers, string source)
    {
        var request = Reply.Request("""{"content":"你好 🤔"}""").ToJsonString();

        var (outcome, status, body) = await InvokeAsync($$"""{{{context}},{{headers}},"body":{{JsonSerializer.Serialize(request)}}}""");

        Assert.Equal((null, 200), (outcome.ErrorType, status));
        Assert.StartsWith("data: {\"id\":", body, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        await _log.WaitForAsync($"Responses to a {source} are not streamed");
    }

    [Theory]
    [InlineData("""{"version":"0","source":"aws.events","detail-type":"Scheduled Event","detail":{}}""")]
    [InlineData("""{"source":"serverless-plugin-warmup"}""")]
    [InlineData("""{"warmer":true,"concurrency":1}""")]
    public async Task WarmUp_IsAnEmptySuccess(string payload)
    {
        var (outcome, status, body) = await InvokeAsync(payload);

        Assert.Equal((null, 200, ""), (outcome.ErrorType, status, body));
        Assert.DoesNotContain("Status: error", Assert.Single(_report), StringComparison.Ordinal);
    }

    private async Task<(InvocationOutcome Outcome, int Status, string Body)> InvokeAsync(string payload)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var invocation = new PendingInvocation(context, Encoding.UTF8.GetBytes(payload), DateTimeOffset.UtcNow.AddMinutes(1));
        var outcome = await _environment!.InvokeAsync(invocation);
        _report = invocation.Report;
        return (outcome, context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
