using System.Net.Http.Headers;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Signing;
using static LambdaChat.FunctionalTests.SageMaker.EmulatorClient;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>SageMaker's OpenAI route: bearer tokens, and the unchanged bytes of the container.</summary>
public sealed class EmulatorRouteTests(FunctionFixture function)
{
    [Theory]
    [InlineData(OpenAIPath)]
    [InlineData("inference-components/ic-1/" + OpenAIPath)]
    public async Task OpenAIRoute_ValidToken_ReturnsTheBytesOfTheContainer(string path)
    {
        var (status, contentType, body) = await AskAsync(
            function.Emulator, path, Chat("""{"server":"vllm-2025","reasoning":"Hm","content":"Hi"}"""));

        Assert.Equal((200, WireShapes.All["vllm-2025"]), (status, (contentType!, WireShapes.Masked(body)!)));
        Assert.Contains(
            function.Emulator.Calls,
            call =>
                call.Path == $"/endpoints/e/{path}"
                    && call.Headers["Authorization"].StartsWith("Bearer sagemaker-api-key-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAIRoute_TokenOfAwsSdkForJavaScript_IsAccepted()
    {
        // The same steps as AWS's token generator for Bedrock.
        const string Generator = """
            const { createHash, createHmac } = require("node:crypto");
            const { SignatureV4 } = require("@smithy/signature-v4");
            class Sha256 {
              constructor(secret) { this.hash = secret ? createHmac("sha256", secret) : createHash("sha256"); }
              update(data) { this.hash.update(data); }
              async digest() { return new Uint8Array(this.hash.digest()); }
            }
            const [accessKeyId, secretAccessKey, sessionToken] = process.argv.slice(1);
            const signer = new SignatureV4({ service: "sagemaker", region: "eu-west-1", sha256: Sha256, credentials: { accessKeyId, secretAccessKey, sessionToken } });
            const hostname = "sagemaker.amazonaws.com";
            const request = { method: "POST", protocol: "https:", hostname, headers: { host: hostname }, path: "/", query: { Action: "CallWithBearerToken" } };
            signer.presign(request, { expiresIn: 43200 }).then(({ query }) => {
              const url = hostname + "/?" + Object.keys(query).sort().map((name) => name + "=" + encodeURIComponent(query[name])).join("&") + "&Version=1";
              console.log(JSON.stringify("sagemaker-api-key-" + Buffer.from(url).toString("base64")));
            });
            """;
        var credentials = EmulatorCredentials.Default with { SessionToken = "a+b/c==" };
        await using var emulator = await SageMakerEmulator.StartAsync(
            new EmulatorOptions { Credentials = credentials, Pace = 0 }, new ScriptedServer(TimeProvider.System));
        var token = await Node.RunAsync(
            "-e", [], Generator, credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken);

        var (status, _, _) = await SendAsync(
            emulator,
            OpenAIPath,
            Chat("{}"),
            message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (string?)token));

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("secret", "InvalidSignatureException")]
    [InlineData("action", "InvalidSignatureException")]
    [InlineData("signature", "InvalidSignatureException")]
    [InlineData("lifetime", "InvalidSignatureException")]
    [InlineData("expired", "ExpiredTokenException")]
    [InlineData("future", "ExpiredTokenException")]
    [InlineData("session", "UnrecognizedClientException")]
    [InlineData("version", "MissingAuthenticationTokenException")]
    [InlineData("service", "InvalidSignatureException")]
    public async Task OpenAIRoute_InvalidToken_IsRefused(string flaw, string error)
    {
        var credentials = EmulatorCredentials.Default;
        var token = flaw switch
        {
            "secret" => Signer.Token(credentials with { SecretAccessKey = "wrong" }),
            "action" => Signer.Token(action: "ListEndpoints"),
            "signature" => Signer.Token(edit: url => url.Replace("X-Amz-Expires=900", "X-Amz-Expires=901", StringComparison.Ordinal)),
            "lifetime" => Signer.Token(lifetime: 43201),
            "expired" => Signer.Token(age: TimeSpan.FromSeconds(905)),
            "future" => Signer.Token(age: TimeSpan.FromMinutes(-10)),
            "session" => Signer.Token(credentials with { SessionToken = "wrong" }),
            "version" => Signer.Token(edit: url => url.Replace("&Version=1", "", StringComparison.Ordinal)),
            _ => Signer.Token(service: "bedrock"),
        };

        await AssertRefusedAsync(403, error, message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));
    }

    [Fact]
    public async Task OpenAIRoute_SignatureInsteadOfToken_IsRefused() =>
        await AssertRefusedAsync(403, "MissingAuthenticationTokenException", message => Signer.Sign(message, Chat("{}")));

    [Fact]
    public async Task OpenAIRoute_ComponentHeader_IsRefused() =>
        await AssertRefusedAsync(400, "ValidationError", message =>
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Signer.Token());
            message.Headers.Add("X-Amzn-SageMaker-Inference-Component", "ic-1");
        });

    [Fact]
    public async Task OpenAIRoute_ErrorOfTheContainer_IsUnchanged()
    {
        var refused = await AskAsync(
            function.Emulator, OpenAIPath, Chat("""{"fault":{"kind":"model_error","status":422,"message":"{\"error\":1}"}}"""));
        var unknown = await AskAsync(function.Emulator, OpenAIPath, Chat("""{"server":"none"}"""));
        var (noChat, _, _) = await AskAsync(function.Emulator, OpenAIPath, """{"prompt":"hi"}""");

        Assert.Equal((422, "application/json", """{"error":1}"""), refused);
        Assert.Equal(400, unknown.Status);
        Assert.StartsWith("""{"error":{"message":"Unknown stand_in.server none""", unknown.Body, StringComparison.Ordinal);
        Assert.Equal(400, noChat);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("model_stream_error")]
    [InlineData("corrupt_frame")]
    public async Task OpenAIRoute_EventStreamFault_ResetsTheConnection(string kind) =>
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => AskAsync(function.Emulator, OpenAIPath, Chat($$"""{"tokens":5,"fault":{"kind":"{{kind}}","after":2} }""")));

    [Theory]
    [InlineData("end", "{\"content\":\" t0\"},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}]}\n\n")]
    [InlineData("garbage", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"cut\n\n")]
    public async Task OpenAIRoute_FaultInTheStream_EndsTheBody(string kind, string ending)
    {
        var (_, _, body) = await AskAsync(function.Emulator, OpenAIPath, Chat($$"""{"tokens":5,"fault":{"kind":"{{kind}}","after":2} }"""));

        Assert.EndsWith(ending, body, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(int status, string error, Action<HttpRequestMessage> authenticate)
    {
        var answer = await SendAsync(function.Emulator, OpenAIPath, Chat("{}"), authenticate);

        Assert.Equal((status, error), (answer.Status, answer.Error));
    }
}
