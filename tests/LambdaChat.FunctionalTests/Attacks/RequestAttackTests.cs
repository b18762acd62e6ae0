using System.Text;

namespace LambdaChat.FunctionalTests.Attacks;

/// <summary>
/// Malformed and hostile requests over raw sockets. The function URL and Kestrel return the same response.
/// </summary>
public sealed class RequestAttackTests(FunctionFixture function)
{
    private const string Path = "/v1/chat/completions";
    private const string Json = "Content-Type: application/json\r\n";
    private const string Key = $"Authorization: Bearer {FunctionFixture.Key}\r\n";
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private const string MissingKey =
        """{"error":{"message":"You didn't provide an API key. Send your API key in the Authorization header: `Authorization: Bearer YOUR_KEY`.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""";

    [Theory]
    [InlineData("", 415, "unsupported_media_type",
        "Unsupported content type. This API method only accepts 'application/json' requests, but the request has no header 'Content-Type'. Please try again with a supported content type.")]
    [InlineData(
        "Content-Type: text/plain\r\n",
        415,
        "unsupported_media_type",
        "Unsupported content type. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: text/plain'. Please try again with a supported content type.")]
    [InlineData(
        "Content-Type: application/x-www-form-urlencoded\r\n",
        415,
        "unsupported_media_type",
        "Unsupported content type. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: application/x-www-form-urlencoded'. Please try again with a supported content type.")]
    [InlineData(
        Json + "Content-Encoding: gzip\r\n",
        415,
        "unsupported_media_type",
        "Compressed request bodies are not supported: remove the `Content-Encoding` header.")]
    [InlineData(
        Json + "Content-Encoding: identity, br\r\n",
        415,
        "unsupported_media_type",
        "Compressed request bodies are not supported: remove the `Content-Encoding` header.")]
    public async Task ContentType_NotPlainJson_IsRefused(string headers, int status, string code, string message)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"deepseek-r1",{{Messages}}}""");

        await AssertBothAsync(RawHttp.Post(Path, Key + headers, body), status, Error(message, "null", code));
    }

    [Theory]
    [InlineData("""{"model":"deepseek-r1","model":"other","messages":[]}""", "\"model\"", "invalid_value",
        "Invalid 'model': the request has this field twice.")]
    [InlineData(
        """{"model":"deepseek-r1","messages":[{"role":"user","content":"a","role":"system"}]}""",
        "\"messages[0].role\"", "invalid_value",
        "Invalid 'messages[0].role': the request has this field twice.")]
    [InlineData(
        """{"model":"deepseek-r1","temperature":1e999,"messages":[{}]}""", "\"temperature\"", "invalid_value",
        "Invalid 'temperature': the number is out of range.")]
    [InlineData("""{"model":"deepseek-r1","seed":00,"messages":[{}]}""", "null", "null",
        "We could not parse the JSON body of your request (line 1, byte 31).")]
    [InlineData(
        """{"model":"deepseek-r1","messages":[{"role":"user","content":"cut sh""",
        "null", "null",
        "We could not parse the JSON body of your request (line 1, byte 67).")]
    [InlineData("""[{"model":"deepseek-r1"}]""", "null", "null", "The request body must be a JSON object.")]
    [InlineData("""{"model":"deepseek-r1","messages":"hi"}""", "\"messages\"", "invalid_type",
        "Invalid type for 'messages': expected an array of objects, but got a string instead.")]
    [InlineData("""{"model":"deepseek-r1","n":99999999999999999999,"messages":[{}]}""", "\"n\"", "integer_above_max_value",
        "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 99999999999999999999 instead.")]
    public async Task Body_Malformed_Returns400WithPosition(string body, string param, string code, string message) =>
        await AssertBothAsync(RawHttp.Post(Path, Key + Json, Encoding.UTF8.GetBytes(body)), 400, Error(message, param, code));

    [Fact]
    public async Task Body_InvalidUtf8_Returns400() =>
        await AssertBothAsync(
            RawHttp.Post(Path, Key + Json, [.. "{\"model\":\"deepseek-r1\",\"messages\":[{\"content\":\""u8, 0xE4, 0xBD, .. "\"}]}"u8]),
            400,
            Error("The request body is not valid UTF-8.", "null", "null"));

    [Fact]
    public async Task Body_NestedTooDeep_Returns400()
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"deepseek-r1","messages":{{new string('[', 50_000)}}{{new string(']', 50_000)}}}""");
        var path = "messages" + string.Concat(Enumerable.Repeat("[0]", 18)) + "[0…";

        await AssertBothAsync(
            RawHttp.Post(Path, Key + Json, body), 400,
            Error($"Invalid '{path}': the value is nested more than 128 levels deep.", $"\"{path}\"", "invalid_value"));
    }

    [Fact]
    public async Task Body_TooManyMessages_Returns400()
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"deepseek-r1","messages":[{}{{string.Concat(Enumerable.Repeat(",{}", 10_000))}}]}""");

        await AssertBothAsync(
            RawHttp.Post(Path, Key + Json, body), 400,
            Error("Invalid 'messages': array too long. Expected an array with maximum length 10000, but got a longer array instead.",
                "\"messages\"", "array_above_max_length"));
    }

    // A request can only reach the endpoints of the configured models.
    [Theory]
    [InlineData("demo")]
    [InlineData("../../endpoints/other")]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/other")]
    [InlineData("deepseek-r1\\u0000")]
    [InlineData("deepseek-r1/../served")]
    [InlineData("DEEPSEEK-R1")]
    public async Task Model_Unknown_ReachesNoEndpoint(string model)
    {
        var marker = Guid.NewGuid().ToString();
        var body = Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","marker":"{{marker}}",{{Messages}}}""");
        var attributes = "X-Amzn-SageMaker-Target-Variant: other\r\nX-Amzn-SageMaker-Inference-Component: other\r\n";

        foreach (var server in new[] { function.Lambda.Url, function.Kestrel.Url })
        {
            var answer = await RawHttp.SendAsync(server, RawHttp.Post(Path, Key + Json + attributes, body));
            Assert.Equal(404, answer.Status);
            Assert.EndsWith("\"code\":\"model_not_found\"}}", answer.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(function.Emulator.Calls, call => (string?)call.Body["marker"] == marker);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("//v1/models")]
    [InlineData("/v1//models")]
    [InlineData("/V1/MODELS")]
    [InlineData("/healthz/../v1/models")]
    [InlineData("/healthz/%2e%2e/v1/models")]
    [InlineData("/healthz%2f..%2fv1/models")]
    [InlineData("/healthz;/v1/models")]
    [InlineData("/healthz/v1/models")]
    [InlineData("/v1/models/..%2f..%2fhealthz")]
    [InlineData("/v1/models/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/v1/models\\..\\healthz")]
    [InlineData("/v1/models?/healthz")]
    [InlineData("/openai/deployments/x/chat/completions")]
    [InlineData("/endpoints/demo/invocations")]
    public async Task Path_Tricks_RequireAKey(string path) =>
        await AssertBothAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 401, MissingKey);

    // The charset is ignored if the bytes are UTF-8, and model servers accept unpaired surrogates.
    [Theory]
    [InlineData("Content-Type: application/json; charset=utf-16\r\n",
        """{"model":"deepseek-r1","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("Content-Type: application/json; charset=x\r\n", """{"model":"deepseek-r1","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(Json, """{"model":"deepseek-r1","\ud800":1,"messages":[{"role":"user","content":"\ud83e"}]}""")]
    public async Task Request_Unusual_IsAccepted(string headers, string body)
    {
        foreach (var server in new[] { function.Lambda.Url, function.Kestrel.Url })
        {
            Assert.Equal(200, (await RawHttp.SendAsync(server, RawHttp.Post(Path, Key + headers, Encoding.UTF8.GetBytes(body)))).Status);
        }
    }

    [Fact]
    public async Task Expect_100Continue_IsSupported()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"deepseek-r1",{{Messages}}}""");

        foreach (var server in new[] { function.Lambda.Url, function.Kestrel.Url })
        {
            Assert.Equal(200, (await RawHttp.SendAsync(server, RawHttp.Post(Path, Key + Json + "Expect: 100-continue\r\n", body))).Status);
        }
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\n{\"model\":")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\n{\"mod\r\n")]
    public async Task Http_CutShort_DoesNotAffectOtherRequests(string rest)
    {
        var head = $"POST {Path} HTTP/1.1\r\nHost: x\r\n{Key}{Json}";

        foreach (var server in new[] { function.Lambda.Url, function.Kestrel.Url })
        {
            await RawHttp.SendCutAsync(server, Encoding.ASCII.GetBytes(head + rest));
            Assert.Equal(
                200,
                (
                    await RawHttp.SendAsync(
                        server,
                        RawHttp.Post(Path, Key + Json, Encoding.UTF8.GetBytes($$"""{"model":"deepseek-r1",{{Messages}}}""")))).Status);
        }
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("fffffffffffffffff")]
    public async Task Http_InvalidChunk_Returns400(string size) =>
        Assert.Equal(
            "400 " + Error("The request is not valid HTTP.", "null", "invalid_request"),
            StatusAndBody(
                await RawHttp.SendAsync(
                    function.Kestrel.Url,
                    Encoding.ASCII.GetBytes(
                        $"POST {Path} HTTP/1.1\r\nHost: x\r\n{Key}{Json}Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}\r\n0\r\n\r\n"))));

    // Kestrel refuses malformed HTTP before the application.
    [Theory]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Reasoning-Output: a\0b\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Reasoning-Output: a\rb\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nX-No-Host: x\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("GET /v1/models%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    public async Task Http_Malformed_Returns400(string request) =>
        Assert.Equal(400, (await RawHttp.SendAsync(function.Kestrel.Url, Encoding.Latin1.GetBytes(request))).Status);

    private async Task AssertBothAsync(byte[] request, int status, string body)
    {
        Assert.Equal($"{status} {body}", StatusAndBody(await RawHttp.SendAsync(function.Lambda.Url, request)));
        Assert.Equal($"{status} {body}", StatusAndBody(await RawHttp.SendAsync(function.Kestrel.Url, request)));
    }

    private static string StatusAndBody(RawAnswer answer) => $"{answer.Status} {answer.Body}";

    private static string Error(string message, string param, string code)
    {
        var shown = code == "null" ? code : $"\"{code}\"";
        return $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error","param":{{{param}}},"code":{{{shown}}}}}""";
    }
}
