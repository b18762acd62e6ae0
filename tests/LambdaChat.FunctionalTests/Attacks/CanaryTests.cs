using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>
/// Searches the output at the most verbose log level for secrets and for the content of requests and replies.
/// </summary>
public sealed class CanaryTests(FunctionFixture function)
{
    private const string Key = "lc-canary-key-3f1c";
    private const string WrongKey = "lc-canary-guess-77ab";
    private const string Account = "999988887777";
    private const string Said = "canary-said"; // In the request or the reply.
    private const string Container = "canary-container";

    private static readonly string[] Secrets =
    [
        Key, WrongKey, Account, EmulatorCredentials.Default.AccessKeyId, EmulatorCredentials.Default.SecretAccessKey,
            EmulatorCredentials.Default.SessionToken, "arn:aws",
    ];

    private static readonly string[] Bodies =
    [
        Body(FunctionFixture.Model, """ "stream":true,"stand_in":{"content":["canary-said"],"reasoning":["canary-said"]} """),
        Body(FunctionFixture.Model, """ "stand_in":{"content":["canary-said"]} """),
        Body(FunctionFixture.Model, """ "stream":true,"stand_in":{"tokens":3,"fault":{"kind":"model_stream_error","after":2}} """),
        Body(
            FunctionFixture.Model,
            """ "stand_in":{"fault":{"kind":"model_error","status":500,"message":"canary-container at arn:aws:sagemaker:us-east-1:999988887777:endpoint/x of 999988887777"}} """),
        Body(FunctionFixture.Model, """ "stand_in":{"fault":{"kind":"access_denied"}} """),
        Body(FunctionFixture.Model, """ "stand_in":{"fault":{"kind":"validation_error"}} """),
        Body(FunctionFixture.Model, """ "stream":true,"stand_in":{"tokens":3,"fault":{"kind":"corrupt_frame","after":1}} """),
        Body(FunctionFixture.Model, """ "canary-said":1,"canary-said":2 """),
        Body("other-account", """ "stream":true """),
        Body("canary-said", """ "stream":true """),
        """{"model":"deepseek-r1","messages":[{"role":"user","content":"canary-said" """,
    ];

    [Fact]
    public async Task Output_AtTraceLevel_HasNoSecretsAndNoContent()
    {
        var log = new Log();
        var answers = new StringBuilder();
        await using (
            var lambda = await FunctionFixture.StartLambdaAsync(
                function.Emulator.Address, log, options => options with { Variables = Variables(options.Variables) }))
        {
            using var client = FunctionFixture.CreateClient(lambda.Url);
            foreach (var key in new[] { WrongKey, Key })
            {
                foreach (var body in Bodies)
                {
                    answers.AppendLine(await SendAsync(client, key, body));
                }
            }

            // The function writes its line after the response.
            await log.WaitForAsync("\"model\":\"other-account\"");
        }

        var printed = string.Join('\n', log.Lines);
        Assert.Contains("\"outcome\":\"completed\"", printed, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"other-account\"", printed, StringComparison.Ordinal);
        Assert.Contains(Said, answers.ToString(), StringComparison.Ordinal);
        Assert.Contains(Container, answers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain([.. Secrets, Said, Container], canary => printed.Contains(canary, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Secrets, canary => answers.ToString().Contains(canary, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<string> SendAsync(HttpClient client, string key, string body)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post,
                "v1/chat/completions")
            { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return $"{response}\n{await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }

    private static Dictionary<string, string> Variables(IReadOnlyDictionary<string, string> variables) => new(variables)
    {
        ["MODELS"] = $$"""
            [{"name":"{{FunctionFixture.Model}}","endpoint":"demo"},
             {"name":"other-account","endpoint":"demo","roleArn":"arn:aws:iam::{{Account}}:role/canary"}]
            """,
        ["API_KEYS"] = $"canary={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
        ["AWS_LAMBDA_LOG_LEVEL"] = "TRACE",
        ["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9", // No server listens there.
        ["RETRY_SECONDS"] = "0",
    };

    private static string Body(string model, string members) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"canary-said"}],{{members}}}""";
}
