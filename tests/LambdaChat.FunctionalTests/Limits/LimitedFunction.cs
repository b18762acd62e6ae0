using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>A function whose callers have limits, for one test.</summary>
internal sealed class LimitedFunction(LocalLambda lambda, Log log) : IAsyncDisposable
{
    private const string WarmKey = "warm";

    private string? _warmUpId;

    public LocalLambda Lambda => lambda;

    public Log Log => log;

    public HttpClient Client { get; } = FunctionFixture.CreateClient(lambda.Url);

    /// <param name="limits">The value of <c>LIMITS</c>.</param>
    /// <param name="variables">More variables.</param>
    /// <param name="environments">The maximum number of environments.</param>
    public static async Task<LimitedFunction> StartAsync(
        Uri sageMaker, string limits, IReadOnlyList<KeyValuePair<string, string>> variables, int environments = 10)
    {
        var log = new Log();
        var lambda = await FunctionFixture.StartLambdaAsync(sageMaker, log,
            options => options with
            {
                Variables = Variables(sageMaker, limits, variables),
                MaxEnvironments = environments,
                IdleGrace = WaitLimit.Duration, // A request waits for the environment that still settles.
            });
        return new LimitedFunction(lambda, log);
    }

    /// <summary>The same variables for a program outside Lambda.</summary>
    public static Dictionary<string, string> Variables(Uri sageMaker, string limits, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var all = FunctionFixture.Variables(sageMaker);
        foreach (var name in (string[])["other", WarmKey])
        {
            all["API_KEYS"] += $",{name}={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sk-" + name)))}";
        }

        var allLimits = JsonNode.Parse(limits)!.AsObject();
        var keys = allLimits["keys"] ??= new JsonObject();
        keys[WarmKey] = JsonNode.Parse("""{"requestsPerMinute":1000}""");
        all["LIMITS"] = allLimits.ToJsonString();
        foreach (var (name,
            value) in variables.Where(
                pair => !pair.Key.StartsWith("AWS_ACCESS", StringComparison.Ordinal)
                    && !pair.Key.StartsWith("AWS_SECRET", StringComparison.Ordinal)))
        {
            all[name] = value; // The SageMaker emulator checks signatures, the DynamoDB emulator does not.
        }

        return all;
    }

    /// <summary>
    /// Requests a reply of a key that has only its own limit, and waits for its settlement. The first request of a process loads the SDK of
    /// the table, which may take longer on a busy machine than a lease waits for the table.
    /// </summary>
    /// <param name="model">A model without limits.</param>
    public async Task WarmUpAsync(string model = "served-name")
    {
        var (status, response, body) = await AskAsync(members: $$"""{"model":"{{model}}"}""", key: "sk-" + WarmKey);
        Assert.True(status is 200 or 503, body.ToJsonString()); // The limits may not be available yet.
        _warmUpId = Header(response, "x-request-id");
        await log.WaitForAsync($"REPORT RequestId: {_warmUpId}");
    }

    /// <summary>Requests a non-streaming reply.</summary>
    public async Task<(int Status, HttpResponseMessage Response, JsonNode Body)> AskAsync(
        string standIn = """{"tokens":5}""", string members = "{}", string? key = null)
    {
        using var message = CreateMessage(standIn, members, key);
        var response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return ((int)response.StatusCode, response, body);
    }

    /// <summary>Requests a reply of the only environment. While it works on after its last response, Lambda throttles requests.</summary>
    public async Task<int> AskOnlyAsync()
    {
        using var limit = WaitLimit.Start();
        using var response = await Client.SendUnthrottledAsync(
            () => CreateMessage("""{"tokens":5}""", "{}", key: null), HttpCompletionOption.ResponseContentRead, limit.Token);
        return (int)response.StatusCode;
    }

    /// <summary>
    /// Requests replies until the table answers in time. A process that has just started, or a busy machine, may be too slow for that.
    /// The function needs <c>LIMITS_FAILURE=closed</c>.
    /// </summary>
    public async Task<(int Status, HttpResponseMessage Response, JsonNode Body)> AskInTimeAsync(string? key = null)
    {
        using var limit = WaitLimit.Start();
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var answer = await AskAsync(key: key);
            if ((string?)answer.Body["error"]?["code"] != "limits_unavailable")
            {
                return answer;
            }
        }
    }

    /// <summary>Reads from the table until the value is as expected.</summary>
    /// <exception cref="TooLateException">A settlement did not reach the table within its time limit.</exception>
    public Task<T> UntilSettledAsync<T>(Func<Task<T>> read, Func<T, bool> isExpected) => TableExtensions.UntilAsync(
        read, value => isExpected(value) || (FindLost() is { } lost ? throw new TooLateException(lost) : false));

    /// <summary>A response header; null if it is missing.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await lambda.DisposeAsync();
    }

    private string? FindLost() => log.Lines.FirstOrDefault(
        line => line.Contains("The limits table could not be updated", StringComparison.Ordinal)
            && (_warmUpId is null || !line.Contains(_warmUpId, StringComparison.Ordinal)));

    private static HttpRequestMessage CreateMessage(string standIn, string members, string? key)
    {
        var request = Reply.Request(standIn, members);
        request["stream"] = false;
        var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) };
        if (key is not null)
        {
            message.Headers.Authorization = new("Bearer", key);
        }

        return message;
    }
}
