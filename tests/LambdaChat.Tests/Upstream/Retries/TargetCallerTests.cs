using System.Net;
using LambdaChat.Aws.Credentials;
using LambdaChat.Aws.Signing;
using LambdaChat.Failures;
using LambdaChat.Models;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Upstream.Retries;

/// <summary>Budgets of time and attempts, by a clock of the test's own. What goes over the wire is in the functional tests.</summary>
public sealed class TargetCallerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _asked = [];

    [Fact]
    public async Task Cold_AsLongAsItTakes_IsAskedAgainEveryFewSeconds()
    {
        var (reply, seconds) = await CallAsync(_ => Seconds() < 100 ? Cold() : Ok(), Model("a") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Null(reply.Failure);
        Assert.InRange(seconds, 100, 110);
        Assert.InRange(_asked.Count, 12, 45);
    }

    [Fact]
    public async Task Cold_LongerThanTheWait_IsTold()
    {
        var (reply, seconds) = await CallAsync(_ => Cold(), Model("a") with { ColdTimeout = TimeSpan.FromSeconds(60) });

        Assert.Equal(FailureKind.Cold, reply.Failure!.Kind);
        Assert.InRange(seconds, 55, 70);
    }

    [Fact]
    public async Task Cold_WithAnotherTarget_TheOtherAnswersAtOnce()
    {
        var (reply, seconds) = await CallAsync(target => target == "a" ? Cold() : Ok(), Model("a", "b") with { ColdTimeout = TimeSpan.FromMinutes(5) });

        Assert.Equal((null, 1, 0), (reply.Failure, reply.Target, seconds));
        Assert.Equal(["a", "b"], _asked);
    }

    [Fact]
    public async Task Transient_EachTargetHasTwoAttempts()
    {
        var (reply, _) = await CallAsync(_ => Answer(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable"), Model("a", "b", "c"));

        Assert.Equal((FailureKind.Unavailable, 6), (reply.Failure!.Kind, reply.Attempts));
        Assert.Equal(["a", "a", "b", "b", "c", "c"], _asked);
    }

    [Fact]
    public async Task RetryAfter_WithinTheBudget_IsWaitedFor()
    {
        var (reply, seconds) = await CallAsync(_ => _asked.Count == 1 ? Throttled(seconds: 7) : Ok(), Model("a"));

        Assert.Null(reply.Failure);
        Assert.InRange(seconds, 7, 8);
    }

    [Fact]
    public async Task RetryAfter_BeyondTheBudget_IsPassedOn()
    {
        var (reply, seconds) = await CallAsync(_ => Throttled(seconds: 21), Model("a"));

        Assert.Equal((TimeSpan.FromSeconds(21), 0, 1), (reply.Failure!.RetryAfter, seconds, _asked.Count));
    }

    [Fact]
    public void Failed_ATarget_IsAskedLastForHalfAMinute()
    {
        var health = new TargetHealth(_time);
        var model = Model("a", "b");
        health.Failed(model.Targets[0]);
        Assert.Equal([1, 0], health.Order(model.Targets));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([0, 1], health.Order(model.Targets));

        health.Failed(model.Targets[0]);
        health.Answered(model.Targets[0]);
        Assert.Equal([0, 1], health.Order(model.Targets));
    }

    private static Model Model(params string[] endpoints) => new("r1", [.. endpoints.Select(endpoint => new Target(endpoint, null, null, "eu-west-1"))], "");

    private static HttpResponseMessage Ok() => new(HttpStatusCode.OK) { Content = new StringContent("{}") };

    private static HttpResponseMessage Cold() => Answer(HttpStatusCode.BadRequest, "ValidationError", "Inference Component has no capacity to process this request.");

    private static HttpResponseMessage Throttled(int seconds)
    {
        var response = Answer(HttpStatusCode.TooManyRequests, "ThrottlingException");
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string type, string message = "m")
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent($$"""{"Message":"{{message}}"}""") };
        response.Headers.Add("x-amzn-ErrorType", type);
        return response;
    }

    private double Seconds() => (_time.GetUtcNow() - _time.Start).TotalSeconds;

    private async Task<(EndpointResponse Reply, int Seconds)> CallAsync(Func<string, HttpResponseMessage> answer, Model model)
    {
        using var http = new HttpMessageInvoker(new Wire(endpoint =>
        {
            _asked.Add(endpoint);
            return answer(endpoint);
        }));
        var credentials = new EnvironmentCredentials(new AwsCredentials("a", "s", null));
        var client = new SageMakerClient(http, credentials, new AssumedRoleCredentials(credentials, _time), new BearerTokens(_time), _time);
        var caller = new TargetCaller(client, new TargetHealth(_time), new RetrySettings(TimeSpan.FromSeconds(20)), _time);
        var call = caller.CallAsync(model, CallMode.Plain, [], headers: [], TestContext.Current.CancellationToken);
        while (!call.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        return (await call, (int)Seconds());
    }

    private sealed class Wire(Func<string, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request.RequestUri!.Segments[2].TrimEnd('/')));
    }
}
