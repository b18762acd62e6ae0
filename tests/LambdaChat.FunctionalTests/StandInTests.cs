using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Dialects;

namespace LambdaChat.FunctionalTests;

/// <summary>The stand-in by itself: the wire shapes of every model server, and SageMaker's other ways in. Long for the bytes that it holds.</summary>
public sealed partial class StandInTests(FunctionFixture function)
{
    private const string OpenAIPath = "openai/v1/chat/completions";
    private const string Sse = "text/event-stream; charset=utf-8";
    private const string Hi = """{"content":"Hi"}""";
    private const string NoUsage = ",\"usage\":null";
    private const string Timings = ""","timings":{"prompt_n":8,"predicted_n":2,"predicted_per_second":58.2}""";
    private const string TgiStart = """{"object":"text_completion","id":"","created":1,"model":"m","system_fingerprint":"2.0.1-sha","choices":[""";
    private const string Refusal = "The container refused the request.";
    private static readonly string[] Inline = ["<", "think", ">", "Hm", "</", "think", ">", "Hi"];
    private static readonly Dictionary<string, (string ContentType, string Text)> Shapes = CreateShapes();

    public static TheoryData<string> Servers => [.. DialectCatalog.Names];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Server_Streams_InItsOwnShape(string server)
    {
        var credentials = StandInCredentials.Default;
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = credentials.SessionToken,
        };

        var result = await Node.RunAsync("read-event-stream.mjs", variables, function.StandIn.Address.ToString(), Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"Hi"}"""));

        Assert.Equal(Shapes[server], ((string?)result["contentType"], Masked((string?)result["text"])));
    }

    [Theory]
    [InlineData("vllm", "Hi", """ "reasoning":"Hm" """)]
    [InlineData("vllm-2025", "Hi", """ "reasoning_content":"Hm" """)]
    [InlineData("vllm-transition", "Hi", """ "reasoning":"Hm","reasoning_content":"Hm" """)]
    [InlineData("vllm-inline", "<think>Hm</think>Hi", """ "reasoning":null """)]
    [InlineData("vllm-bare", "Hm</think>Hi", """ "reasoning":null """)]
    [InlineData("sglang", "Hi", """ "reasoning_content":"Hm" """)]
    [InlineData("lmi", "Hi", """ "reasoning_content":"Hm" """)]
    public async Task Server_InOnePiece_PutsTheThinkingWhereItDoesInAStream(string server, string content, string reasoning)
    {
        var (_, contentType, body) = await AskAsync(OpenAIPath, Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"Hi"}""", """{"stream":false}"""));

        Assert.Equal("application/json", contentType);
        Assert.Contains($$$"""{"role":"assistant","content":"{{{content}}}",{{{reasoning.Trim()}}},"tool_calls":[]}""", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lmi-text", """{"generated_text":"Hm</think>Hi"}""")]
    [InlineData("tgi-generate", """[{"generated_text":"<think>Hm</think>Hi"}]""")]
    [InlineData("huggingface", """[{"generated_text":"Hi"}]""")]
    public async Task Server_WithoutChat_InOnePiece_SaysTheText(string server, string expected)
    {
        var (_, _, body) = await AskAsync("invocations", $$"""{"inputs":"hi","stand_in":{"server":"{{server}}","reasoning":"Hm","content":"Hi"} }""");

        Assert.Equal(expected, body);
    }

    [Fact]
    public async Task Choices_Several_AreInterleaved()
    {
        var (_, _, body) = await AskAsync(OpenAIPath, Chat("""{"reasoning":"","content":["a b","c"]}""", """{"n":2}"""));

        var choices = ReadEvents(body).Where(data => data["choices"]!.AsArray().Count > 0).Select(data => data["choices"]![0]!).ToList();
        Assert.Equal([0, 1, 0, 1, 0, 1, 0], choices.Select(choice => (int)choice["index"]!));
        Assert.Equal(["a b", "c"], choices.GroupBy(choice => (int)choice["index"]!).Select(choice => string.Concat(choice.Select(delta => (string?)delta["delta"]!["content"]))));
        Assert.Equal(["stop", "stop"], choices.Select(choice => (string?)choice["finish_reason"]).OfType<string>());
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("llama-cpp")]
    public async Task Logprobs_Asked_StandBesideEachToken(string server)
    {
        var (_, _, body) = await AskAsync(OpenAIPath, Chat($$"""{"server":"{{server}}","reasoning":"Hm","content":"上"}""", """{"logprobs":true}"""));

        var logprobs = Assert.Single(ReadEvents(body).Select(data => data["choices"]!.AsArray().FirstOrDefault()?["logprobs"]).OfType<JsonObject>());
        Assert.Equal("""{"content":[{"token":"上","logprob":-0.25,"bytes":[228,184,138],"top_logprobs":[]}]}""", logprobs.ToText());
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("sglang")]
    [InlineData("nim")]
    [InlineData("llama-cpp")]
    [InlineData("tgi")]
    public async Task Tools_Streamed_ComeInPieces(string server)
    {
        var (_, _, body) = await AskAsync(OpenAIPath, Chat($$"""{"server":"{{server}}","reasoning":"","tools":[{"name":"f","arguments":"{\"a\":1}"},{"name":"g","arguments":"{}"}]}"""));

        var choices = ReadEvents(body).Select(data => data["choices"]!.AsArray().FirstOrDefault()).OfType<JsonNode>().ToList();
        Assert.Equal(
            [
                """[{"index":0,"id":"call_0","type":"function","function":{"name":"f","arguments":""}}]""",
                """[{"index":0,"function":{"arguments":"{\"a\""}}]""",
                """[{"index":0,"function":{"arguments":":1}"}}]""",
                """[{"index":1,"id":"call_1","type":"function","function":{"name":"g","arguments":""}}]""",
                """[{"index":1,"function":{"arguments":"{}"}}]""",
            ],
            choices.Select(choice => choice["delta"]!["tool_calls"]).OfType<JsonNode>().Select(calls => calls.ToText()));
        Assert.Equal("tool_calls", (string?)choices[^1]["finish_reason"]);
    }

    [Fact]
    public async Task Tools_InOnePiece_StandInTheMessage()
    {
        var (_, _, body) = await AskAsync(OpenAIPath, Chat("""{"server":"whole","reasoning":"Hm","tools":[{"name":"f","arguments":"{}"}]}"""));

        Assert.Contains(
            """
            "message":{"role":"assistant","content":null,"reasoning_content":"Hm","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"
            """.Trim(),
            body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm", "data: {\"error\":{\"message\":\"" + Refusal + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\n\ndata: [DONE]\n\n")]
    [InlineData("starlette", "data: {\"error\":{\"message\":\"" + Refusal + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\r\n\r\ndata: [DONE]\r\n\r\n")]
    [InlineData("lmi", "\n{\"error\":{\"message\":\"" + Refusal + "\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}\n")]
    [InlineData("lmi-text", "{\"token\":{\"id\":-1,\"text\":\"\",\"log_prob\":-1,\"special_token\":true},\"generated_text\":\"\",\"details\":{\"finish_reason\":\"error\",\"generated_tokens\":null,\"inputs\":null}}\n")]
    [InlineData("tgi", "data:{\"error\":\"" + Refusal + "\",\"error_type\":\"generation\"}\n\n")]
    [InlineData("tgi-generate", "data:{\"error\":\"" + Refusal + "\",\"error_type\":\"generation\"}\n\n")]
    public async Task Server_FailsInTheMiddle_InItsOwnShape(string server, string ending)
    {
        var (status, _, body) = await AskAsync(OpenAIPath, Chat($$"""{"server":"{{server}}","tokens":5,"fault":{"kind":"container_error","after":2} }"""));

        Assert.Equal(200, status);
        Assert.Contains(" t0", body, StringComparison.Ordinal);
        Assert.EndsWith(ending, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_Unknown_IsRefusedByTheContainer()
    {
        var (status, _, body) = await AskAsync("invocations", Chat("""{"server":"none"}"""));

        Assert.Equal((424, 400), (status, (int?)JsonNode.Parse(body)!["OriginalStatusCode"]));
        Assert.Contains("no server named none", (string)JsonNode.Parse((string)JsonNode.Parse(body)!["OriginalMessage"]!)!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_Streamed_IsATextCompletion()
    {
        var (_, _, body) = await AskAsync("invocations", """{"model":"m","prompt":["hi","ho"],"stream":true,"stream_options":{"include_usage":true},"stand_in":{"content":["a","b"]}}""");

        string[] choices =
        [
            """{"index":0,"text":"a","logprobs":null,"finish_reason":null,"stop_reason":null}""",
            """{"index":1,"text":"b","logprobs":null,"finish_reason":null,"stop_reason":null}""",
            """{"index":0,"text":"","logprobs":null,"finish_reason":"stop","stop_reason":null}""",
            """{"index":1,"text":"","logprobs":null,"finish_reason":"stop","stop_reason":null}""",
        ];
        const string Start = """data: {"id":"cmpl-ID","object":"text_completion","created":1,"model":"m","choices":""";
        Assert.Equal(
            string.Concat(choices.Select(choice => $"{Start}[{choice}]}}\n\n")) + Start + """[],"usage":{"prompt_tokens":18,"total_tokens":20,"completion_tokens":2}}""" + "\n\ndata: [DONE]\n\n",
            Masked(body));
    }

    [Theory]
    [InlineData("""{"prompt":"hi","stand_in":{"content":"a b"}}""", """{"id":"cmpl-ID","object":"text_completion","created":1,"model":"","choices":[{"index":0,"text":"a b","logprobs":null,"finish_reason":"stop","stop_reason":null}],"usage":{"prompt_tokens":9,"total_tokens":11,"completion_tokens":2}}""")]
    [InlineData("""{"input":"a"}""", """{"id":"embd-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"embedding","embedding":[0.578125,0.1796875,0.0078125,-0.859375,0.578125,-0.7890625,0.4765625,0.578125]}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""")]
    [InlineData("""{"input":"a","encoding_format":"base64"}""", """{"id":"embd-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"embedding","embedding":"AAAUPwAAOD4AAAA8AABcvwAAFD8AAEq/AAD0PgAAFD8="}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""")]
    [InlineData("""{"query":"a fox","documents":["dog","a fox",{"text":"fox"}],"top_n":2}""", """{"id":"rerank-ID","model":"","results":[{"index":1,"document":{"text":"a fox"},"relevance_score":1},{"index":2,"document":{"text":"fox"},"relevance_score":0.5}],"usage":{"total_tokens":6}}""")]
    [InlineData("""{"text_1":"a fox","text_2":["fox","dog"]}""", """{"id":"score-ID","object":"list","created":1,"model":"","data":[{"index":0,"object":"score","score":0.5},{"index":1,"object":"score","score":0}],"usage":{"prompt_tokens":4,"total_tokens":4,"completion_tokens":0}}""")]
    public async Task Body_OfAnotherKind_IsAnsweredByItsKind(string request, string expected)
    {
        var (_, _, body) = await AskAsync("invocations", request);

        Assert.Equal(expected, Masked(body));
    }

    [Theory]
    [InlineData(OpenAIPath)]
    [InlineData("inference-components/ic-1/" + OpenAIPath)]
    public async Task OpenAIRoute_GoodToken_GetsTheContainersOwnBytes(string path)
    {
        var (status, contentType, body) = await AskAsync(path, Chat("""{"server":"vllm-2025","reasoning":"Hm","content":"Hi"}"""));

        Assert.Equal((200, Shapes["vllm-2025"]), (status, (contentType!, Masked(body)!)));
        Assert.Contains(function.StandIn.Calls, call => call.Path == $"/endpoints/e/{path}" && call.Headers["Authorization"].StartsWith("Bearer sagemaker-api-key-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAIRoute_TokenMadeByAwsForNode_IsGood()
    {
        // As AWS's own generator of such tokens does it for Bedrock.
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
        var credentials = StandInCredentials.Default with { SessionToken = "a+b/c==" };
        await using var standIn = await StandIn.StartAsync(new StandInOptions { Credentials = credentials, Pace = 0 }, new ScriptedServer(TimeProvider.System));
        var token = await Node.RunAsync("-e", [], Generator, credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken);

        var (status, _, _) = await SendAsync(standIn, OpenAIPath, Chat("{}"), message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (string?)token));

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("secret", "InvalidSignatureException")]
    [InlineData("action", "InvalidSignatureException")]
    [InlineData("signature", "InvalidSignatureException")]
    [InlineData("life", "InvalidSignatureException")]
    [InlineData("expired", "ExpiredTokenException")]
    [InlineData("future", "ExpiredTokenException")]
    [InlineData("session", "UnrecognizedClientException")]
    [InlineData("version", "MissingAuthenticationTokenException")]
    [InlineData("service", "MissingAuthenticationTokenException")]
    public async Task OpenAIRoute_BadToken_IsRefused(string flaw, string error)
    {
        var credentials = StandInCredentials.Default;
        var token = flaw switch
        {
            "secret" => Token(credentials with { SecretAccessKey = "wrong" }),
            "action" => Token(action: "ListEndpoints"),
            "signature" => Token(edit: url => url.Replace("X-Amz-Expires=900", "X-Amz-Expires=901", StringComparison.Ordinal)),
            "life" => Token(life: 43201),
            "expired" => Token(age: TimeSpan.FromSeconds(905)),
            "future" => Token(age: TimeSpan.FromMinutes(-10)),
            "session" => Token(credentials with { SessionToken = "wrong" }),
            "version" => Token(edit: url => url.Replace("&Version=1", "", StringComparison.Ordinal)),
            _ => Token(service: "bedrock"),
        };

        await AssertRefusedAsync(403, error, message => message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token));
    }

    [Fact]
    public async Task OpenAIRoute_PlainSignature_IsRefused() =>
        await AssertRefusedAsync(403, "MissingAuthenticationTokenException", message => Sign(message, Chat("{}")));

    [Fact]
    public async Task OpenAIRoute_ComponentHeader_IsRefused() =>
        await AssertRefusedAsync(400, "ValidationError", message =>
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
            message.Headers.Add("X-Amzn-SageMaker-Inference-Component", "ic-1");
        });

    [Fact]
    public async Task OpenAIRoute_ContainerRefuses_PassesAsItIs()
    {
        var refused = await AskAsync(OpenAIPath, Chat("""{"fault":{"kind":"model_error","status":422,"message":"{\"error\":1}"}}"""));
        var unknown = await AskAsync(OpenAIPath, Chat("""{"server":"none"}"""));
        var (noChat, _, _) = await AskAsync(OpenAIPath, """{"prompt":"hi"}""");

        Assert.Equal((422, "application/json", """{"error":1}"""), refused);
        Assert.Equal(400, unknown.Status);
        Assert.StartsWith("""{"error":{"message":"The stand-in knows no server named none""", unknown.Body, StringComparison.Ordinal);
        Assert.Equal(400, noChat);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("model_stream_error")]
    [InlineData("corrupt_frame")]
    public async Task OpenAIRoute_FaultOfTheEventStream_LosesTheConnection(string kind) =>
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(OpenAIPath, Chat($$"""{"tokens":5,"fault":{"kind":"{{kind}}","after":2} }""")));

    [Theory]
    [InlineData("end", "{\"content\":\" t0\"},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}]}\n\n")]
    [InlineData("garbage", "data: this is no JSON\n\n")]
    public async Task OpenAIRoute_FaultInTheStream_IsOnTheWire(string kind, string ending)
    {
        var (_, _, body) = await AskAsync(OpenAIPath, Chat($$"""{"tokens":5,"fault":{"kind":"{{kind}}","after":2} }"""));

        Assert.EndsWith(ending, body, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(int status, string error, Action<HttpRequestMessage> authenticate)
    {
        var answer = await SendAsync(function.StandIn, OpenAIPath, Chat("{}"), authenticate);

        Assert.Equal((status, error), (answer.Status, answer.Error));
    }

    private async Task<(int Status, string? ContentType, string Body)> AskAsync(string path, string body)
    {
        string? contentType = null;
        var (status, _, text) = await SendAsync(
            function.StandIn,
            path,
            body,
            message =>
            {
                if (path == "invocations")
                {
                    Sign(message, body);
                }
                else
                {
                    message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
                }
            },
            response => contentType = response.Content.Headers.ContentType?.ToString());
        return (status, contentType, text);
    }

    private static async Task<(int Status, string? Error, string Body)> SendAsync(
        StandIn standIn, string path, string body, Action<HttpRequestMessage> authenticate, Action<HttpResponseMessage>? look = null)
    {
        using var client = new HttpClient { BaseAddress = standIn.Address };
        using var message = new HttpRequestMessage(HttpMethod.Post, $"endpoints/e/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        message.Headers.Host = standIn.Address.Authority;
        authenticate(message);
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        look?.Invoke(response);
        var error = response.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single().Split(':')[0] : null;
        return ((int)response.StatusCode, error, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string Token(
        StandInCredentials? credentials = null, string action = "CallWithBearerToken", string service = "sagemaker", int life = 900, TimeSpan age = default, Func<string, string>? edit = null)
    {
        var signing = credentials ?? StandInCredentials.Default;
        var time = DateTime.UtcNow - age;
        var scope = string.Create(CultureInfo.InvariantCulture, $"{signing.AccessKeyId}/{time:yyyyMMdd}/us-east-1/{service}/aws4_request");
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"Action={action}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={WebUtility.UrlEncode(scope)}&X-Amz-Date={time:yyyyMMdd'T'HHmmss'Z'}&X-Amz-Expires={life}&X-Amz-Security-Token={signing.SessionToken}&X-Amz-SignedHeaders=host");
        var signature = Signature(signing, time, service, "host", $"POST\n/\n{query}\nhost:sagemaker.amazonaws.com\n\nhost\n{Hash("")}");
        var url = $"sagemaker.amazonaws.com/?{query}&X-Amz-Signature={signature}&Version=1";
        return "sagemaker-api-key-" + Convert.ToBase64String(Encoding.UTF8.GetBytes(edit?.Invoke(url) ?? url));
    }

    private static void Sign(HttpRequestMessage message, string body)
    {
        var (credentials, time) = (StandInCredentials.Default, DateTime.UtcNow);
        var headers = new SortedDictionary<string, string>
        {
            ["host"] = message.Headers.Host!,
            ["x-amz-content-sha256"] = Hash(body),
            ["x-amz-date"] = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            ["x-amz-security-token"] = credentials.SessionToken,
        };
        foreach (var (name, value) in headers.Skip(1))
        {
            message.Headers.Add(name, value);
        }

        var signed = string.Join(';', headers.Keys);
        var canonical = $"POST\n/{message.RequestUri}\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{signed}\n{Hash(body)}";
        var scope = string.Create(CultureInfo.InvariantCulture, $"{credentials.AccessKeyId}/{time:yyyyMMdd}/us-east-1/sagemaker/aws4_request");
        message.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={Signature(credentials, time, "sagemaker", signed, canonical)}");
    }

    private static string Signature(StandInCredentials credentials, DateTime time, string service, string signedHeaders, string canonicalRequest) =>
        AWS4Signer.ComputeSignature(
            new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken), "us-east-1", time, service, signedHeaders, canonicalRequest).Signature;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Chat(string standIn, string members = "{}")
    {
        var request = JsonNode.Parse($$$"""{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[],"stand_in":{{{standIn}}}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        return request.ToJsonString();
    }

    private static IEnumerable<JsonNode> ReadEvents(string body) => body.Split('\n')
        .Where(line => line.StartsWith("data:", StringComparison.Ordinal) && !line.EndsWith("[DONE]", StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line["data:".Length..])!);

    /// <summary>The text without what differs from call to call.</summary>
    private static string? Masked(string? text) => text is null ? null : Created().Replace(Id().Replace(text, "-ID\""), "\"created\":1");

    [GeneratedRegex("-[0-9a-f]{32}\"")]
    private static partial Regex Id();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex Created();

    // What each server streams that thinks "Hm" and says "Hi".
    private static Dictionary<string, (string ContentType, string Text)> CreateShapes() => new()
    {
        ["vllm"] = (Sse, Events(Vllm(Delta("reasoning", "Hm"), Hi))),
        ["vllm-2025"] = (Sse, Events(Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["vllm-transition"] = (Sse, Events(Vllm("""{"reasoning":"Hm","reasoning_content":"Hm"}""", Hi))),
        ["vllm-inline"] = (Sse, Events(Vllm([.. Inline.Select(token => Delta("content", token))]))),
        ["vllm-bare"] = (Sse, Events(Vllm([.. Inline[3..].Select(token => Delta("content", token))]))),
        ["sglang"] = (Sse, Events(
        [
            Chunk("""{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":null,"tool_calls":null},"logprobs":null,"finish_reason":null}""", NoUsage),
            Chunk("""{"index":0,"delta":{"role":null,"content":null,"reasoning_content":"Hm","tool_calls":null},"logprobs":null,"matched_stop":null,"finish_reason":null}""", NoUsage),
            Chunk("""{"index":0,"delta":{"role":null,"content":"Hi","reasoning_content":null,"tool_calls":null},"logprobs":null,"matched_stop":null,"finish_reason":null}""", NoUsage),
            Chunk("""{"index":0,"delta":{"role":null,"content":null,"reasoning_content":null,"tool_calls":null},"logprobs":null,"matched_stop":151643,"finish_reason":"stop"}""", NoUsage),
            Chunk("", Usage(2)),
        ])),
        ["nim"] = (Sse, Events(
        [
            Chunk("""{"index":0,"delta":{"role":"assistant","content":null},"logprobs":null,"finish_reason":null}"""),
            Chunk("""{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm"},"logprobs":null,"finish_reason":null}"""),
            Chunk("""{"index":0,"delta":{"role":"assistant","content":"Hi"},"logprobs":null,"finish_reason":null}"""),
            Chunk("""{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"stop_reason":null,"finish_reason":"stop"}"""),
            Chunk("", Usage(2)),
        ]).Replace("chatcmpl-", "chat-", StringComparison.Ordinal)),
        ["llama-cpp"] = ("text/event-stream", Events(
        [
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}"""),
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"reasoning_content":"Hm"}}"""),
            LlamaCpp("""{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}"""),
            LlamaCpp("""{"finish_reason":"stop","index":0,"delta":{}}""", Timings),
            LlamaCpp("", Timings + Usage(2)),
        ])),
        ["starlette"] = (Sse, ": ping - 2026-11-22 08:00:00.000000+00:00\r\n\r\n" + Events(Vllm(Delta("reasoning", "Hm"), Hi)).Replace("\n", "\r\n", StringComparison.Ordinal)),
        ["lmi"] = ("application/jsonlines", Records("", "\n", Vllm(Delta("reasoning_content", "Hm"), Hi))),
        ["lmi-text"] = ("application/jsonlines", Records("", "\n", LmiText)),
        ["lmi-text-sse"] = ("text/event-stream", Records("data:", "\n\n", LmiText)),
        ["tgi"] = ("text/event-stream", ":\n\n" + Records("data:", "\n\n", [.. Inline[..^1].Select(token => Tgi(token)), Tgi("Hi", "\"stop\"")]) +
            ":keep-alive\n\n" + Records("data:", "\n\n", [TgiStart + "]" + Usage(8) + "}", "[DONE]"])),
        ["tgi-generate"] = ("text/event-stream", Records("data:", "\n\n",
        [
            .. Inline.Select((token, index) =>
                $$"""{"index":{{index + 1}},"token":{"id":{{400 + index}},"text":"{{token}}","logprob":-0.25,"special":false},"generated_text":null,"details":null}"""),
            """{"index":9,"token":{"id":2,"text":"</s>","logprob":-0.01,"special":true},"generated_text":"<think>Hm</think>Hi","details":{"finish_reason":"eos_token","generated_tokens":9,"seed":null}}""",
        ])),
        ["whole"] = ("application/json", """{"id":"chatcmpl-ID","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"Hm","tool_calls":[]},"logprobs":null,"finish_reason":"stop"}]""" + Usage(2) + "}"),
        ["huggingface"] = ("application/json", """[{"generated_text":"Hi"}]"""),
    };

    private static string[] LmiText =>
    [
        .. Inline[3..].Select((token, index) => $$$"""{"token":{"id":{{{300 + index}}},"text":"{{{token}}}","log_prob":-0.05}}"""),
        """{"token":{"id":2,"text":"","log_prob":-0.01},"generated_text":"Hm</think>Hi","details":{"finish_reason":"eos_token","generated_tokens":6,"inputs":null}}""",
    ];

    private static string Events(string[] records) => Records("data: ", "\n\n", [.. records, "[DONE]"]);

    private static string Records(string before, string after, string[] records) => string.Concat(records.Select(record => before + record + after));

    private static string[] Vllm(params string[] deltas) =>
    [
        .. deltas.Prepend("""{"role":"assistant","content":""}""").Select(delta => Chunk($$"""{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":null,"token_ids":null}""")),
        Chunk("""{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","token_ids":null}"""),
        Chunk("", Usage(deltas.Length)),
    ];

    private static string Chunk(string choice, string members = "") =>
        $$"""{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{choice}}]{{members}}}""";

    private static string LlamaCpp(string choice, string members = "") =>
        $$"""{"choices":[{{choice}}],"created":1,"id":"chatcmpl-ID","model":"m","system_fingerprint":"b7000","object":"chat.completion.chunk"{{members}}}""";

    private static string Tgi(string token, string finishReason = "null") =>
        $$"""{{TgiStart}}{"index":0,"delta":{"role":"assistant","content":"{{token}}","tool_calls":null},"logprobs":null,"finish_reason":{{finishReason}}}]{{NoUsage}}}""";

    private static string Delta(string name, string text) => $$"""{"{{name}}":"{{text}}"}""";

    private static string Usage(int tokens) => $$$""","usage":{"prompt_tokens":8,"total_tokens":{{{8 + tokens}}},"completion_tokens":{{{tokens}}}}""";
}
