using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Limits;

/// <summary>A function of a test's own whose callers have limits.</summary>
internal sealed class LimitedFunction(LocalLambda lambda, Log log) : IAsyncDisposable
{
    public LocalLambda Lambda => lambda;

    public Log Log => log;

    public HttpClient Client { get; } = FunctionFixture.CreateClient(lambda.Url);

    /// <param name="limits">The value of <c>LIMITS</c>.</param>
    /// <param name="variables">More variables.</param>
    public static async Task<LimitedFunction> StartAsync(Uri sageMaker, string limits, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var log = new Log();
        var lambda = await FunctionFixture.StartLambdaAsync(sageMaker, log, options => options with { Variables = Variables(sageMaker, limits, variables) });
        return new LimitedFunction(lambda, log);
    }

    /// <summary>The same variables for a program outside Lambda.</summary>
    public static Dictionary<string, string> Variables(Uri sageMaker, string limits, IEnumerable<KeyValuePair<string, string>> variables)
    {
        var all = FunctionFixture.Variables(sageMaker);
        all["API_KEYS"] += $",other={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sk-other")))}";
        all["LIMITS"] = limits;
        foreach (var (name, value) in variables.Where(pair => !pair.Key.StartsWith("AWS_ACCESS", StringComparison.Ordinal) && !pair.Key.StartsWith("AWS_SECRET", StringComparison.Ordinal)))
        {
            all[name] = value; // The stand-in for SageMaker checks signatures, the one for DynamoDB does not.
        }

        return all;
    }

    /// <summary>Asks for a reply in one piece.</summary>
    public async Task<(int Status, HttpResponseMessage Response, JsonNode Body)> AskAsync(string standIn = """{"tokens":5}""", string members = "{}", string? key = null)
    {
        var request = Reply.Request(standIn, members);
        request["stream"] = false;
        using var message = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(request) };
        if (key is not null)
        {
            message.Headers.Authorization = new("Bearer", key);
        }

        var response = await Client.SendAsync(message, TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return ((int)response.StatusCode, response, body);
    }

    /// <summary>Asks until the table answers in time, which a process that has just started, or a busy machine, may be too slow for. Such a function is closed to late answers.</summary>
    public async Task<(int Status, HttpResponseMessage Response, JsonNode Body)> AskInTimeAsync()
    {
        while (true)
        {
            var answer = await AskAsync();
            if ((string?)answer.Body["error"]?["code"] != "limits_unavailable")
            {
                return answer;
            }
        }
    }

    /// <summary>One header of an answer; null where it is not there.</summary>
    public static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await lambda.DisposeAsync();
    }
}
