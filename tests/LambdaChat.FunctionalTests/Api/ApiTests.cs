using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using LambdaChat.FunctionalTests.Support;

namespace LambdaChat.FunctionalTests.Api;

/// <summary>Everything except the reply itself: keys, models, health, and rejected requests. Whole bodies are compared.</summary>
public sealed class ApiTests(FunctionFixture function)
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData(null, "You didn't provide an API key. Send your API key in the Authorization header: `Authorization: Bearer YOUR_KEY`.")]
    [InlineData("Bearer wrong", "Incorrect API key provided.")]
    [InlineData("Bearer ", "Incorrect API key provided.")]
    [InlineData("Basic c2stdGVzdA==", "Incorrect API key provided.")]
    [InlineData("sk-test", "Incorrect API key provided.")]
    public async Task Key_MissingOrWrong_Is401(string? authorization, string message)
    {
        foreach (var (method, path) in ((string,
            string)[])[("POST", "v1/chat/completions"), ("GET", "v1/models"), ("GET", "v1/models/x"), ("GET", "nothing")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(function.Lambda.Url, path));
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var client = new HttpClient();
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal(Error(message, "invalid_api_key"),
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.NotEmpty(response.Headers.GetValues("x-request-id"));
        }
    }

    [Fact]
    public async Task Health_NeitherKeyNorUpstream_IsOk()
    {
        await using var lambda = await FunctionFixture.StartLambdaAsync(new Uri("http://127.0.0.1:1"), new Log());
        using var client = new HttpClient();

        Assert.Equal("""{"status":"ok"}""",
            await client.GetStringAsync(new Uri(lambda.Url, "healthz"), TestContext.Current.CancellationToken));
        Assert.Equal("""{"status":"ok"}""",
            await client.GetStringAsync(new Uri(lambda.Url, "health"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET", "v1/models/served-name", 200, """{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"}""")]
    [InlineData("GET", "v1/models/pooling", 200,
        """{"id":"pooling","object":"model","created":0,"owned_by":"sagemaker","tasks":["completions","embeddings","rerank","score"]}""")]
    [InlineData("GET", "v1/models/many-settings", 200,
        """{"id":"many-settings","object":"model","created":0,"owned_by":"sagemaker","context_length":8192,"reasoning":"both","input":["text","image"]}""")]
    [InlineData("GET", "v1/models/many-settings-alias", 200,
        """{"id":"many-settings-alias","object":"model","created":0,"owned_by":"sagemaker","root":"many-settings","context_length":8192,"reasoning":"both","input":["text","image"]}""")]
    [InlineData("GET", "v1/models/a%2Fb", 404,
        """{"error":{"message":"The model `a/b` does not exist or you do not have access to it. GET /v1/models lists the available models.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData("GET", "v1/models/0123456789012345678901234567890123456789012345678901234567890123456789", 404,
        """{"error":{"message":"The model `0123456789012345678901234567890123456789012345678901234567890123…` does not exist or you do not have access to it. GET /v1/models lists the available models.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData("GET", "/v1/models/served-name", 200, """{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"}""")]
    [InlineData("GET", "v1/v1/models/served-name", 200, """{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"}""")]
    [InlineData("HEAD", "v1/models/served-name", 200, "")]
    [InlineData("HEAD", "v1/models", 200, "")]
    [InlineData("HEAD", "healthz", 200, "")]
    [InlineData("GET", "v1/models/a/b", 404,
        """{"error":{"message":"The model `a/b` does not exist or you do not have access to it. GET /v1/models lists the available models.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData("GET", "v1/chat/completions", 405,
        """{"error":{"message":"Not allowed to GET on /v1/chat/completions. Allowed: POST.","type":"invalid_request_error","param":null,"code":"method_not_allowed"}}""")]
    [InlineData("DELETE", "v1/models", 405,
        """{"error":{"message":"Not allowed to DELETE on /v1/models. Allowed: GET, HEAD.","type":"invalid_request_error","param":null,"code":"method_not_allowed"}}""")]
    [InlineData("GET", "nothing", 404,
        """{"error":{"message":"Invalid URL (GET /nothing). Available: POST /v1/chat/completions, /v1/responses, /v1/responses/input_tokens, /v1/messages, /v1/messages/count_tokens, /v1/completions, /v1/embeddings, /v1/rerank, /v1/score, /api/chat and /ag-ui; GET /v1/models, /v1/models/{id}, /health and /healthz.","type":"invalid_request_error","param":null,"code":"unknown_path"}}""")]
    public async Task Path_EachOne_IsAnswered(string method, string path, int status, string body) =>
        Assert.Equal((status, body), WithoutTime(await SendAsync(method, path, content: null)));

    [Fact]
    public async Task Models_List_IsTheCatalogueInItsOrder()
    {
        var (status, body) = WithoutTime(await SendAsync("GET", "v1/models", content: null));

        Assert.Equal(200, status);
        Assert.Contains("""{"id":"many-settings-alias","object":"model","created":0,"owned_by":"sagemaker","root":"many-settings",""",
            body, StringComparison.Ordinal);
        Assert.StartsWith(
            """{"object":"list","data":[{"id":"deepseek-r1","object":"model","created":0,"owned_by":"sagemaker"},{"id":"served-name","object":"model","created":0,"owned_by":"sagemaker"},""",
            body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, null, "We could not parse the JSON body of your request (line 1, byte 0).")]
    [InlineData("{", null, null, "We could not parse the JSON body of your request (line 1, byte 1).")]
    [InlineData("{\"model\":\"deepseek-r1\"}", "messages", "missing_required_parameter",
        "Missing required parameter: 'messages'. Expected an array of at least one message.")]
    [InlineData("{\"model\":7," + Messages + "}", "model", "invalid_type",
        "Invalid type for 'model': expected a string, but got an integer instead.")]
    [InlineData("{\"model\":\"deepseek-r1\"," + Messages + ",\"stream\":\"yes\"}", "stream", "invalid_type",
        "Invalid type for 'stream': expected a boolean, but got a string instead.")]
    public async Task Body_Wrong_Is400WithItsField(string json, string? param, string? code, string message) =>
        Assert.Equal((400, Error(message, code, param)), await PostAsync(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task Model_Unknown_Is404() =>
        Assert.Equal(
            (404, Error("The model `gpt-4` does not exist or you do not have access to it. GET /v1/models lists the available models.",
                "model_not_found", "model")),
            await PostAsync("{\"model\":\"gpt-4\",\"messages\":[{}],\"stream\":true}"u8.ToArray()));

    [Fact]
    public async Task ContentType_NotJson_Is415() =>
        Assert.Equal(
            (415, Error(
                "Unsupported content type. This API method only accepts 'application/json' requests, " +
                "but you specified the header 'Content-Type: text/plain'. Please try again with a supported content type.",
                "unsupported_media_type")),
            await PostAsync("{}"u8.ToArray(), "text/plain"));

    [Fact]
    public async Task Body_AboveLambdasLimit_IsRefusedByLambda()
    {
        var body = new ByteArrayContent([.. Enumerable.Repeat((byte)' ', 6 * 1024 * 1024)]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await function.Client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), body,
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Body_OfAlmostSixMegabytes_IsRelayed()
    {
        var request = Reply.Request("""{"content":"read"}""");
        request["messages"]![0]!["content"] = string.Concat(Enumerable.Repeat("文", 1_900_000));
        var json = Encoding.UTF8.GetBytes(
            request.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

        var (status, body) = await PostAsync(json);

        Assert.Equal(200, status);
        Assert.EndsWith("data: [DONE]\n\n", body.Replace("\n: \n\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private Task<(int Status, string Body)> PostAsync(byte[] body, string contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return SendAsync("POST", "v1/chat/completions", content);
    }

    private async Task<(int Status, string Body)> SendAsync(string method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await function.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.NotEmpty(response.Headers.GetValues("x-request-id"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string Error(string message, string? code, string? param = null) =>
        $$$"""{"error":{"message":"{{{message}}}","type":"invalid_request_error","param":{{{Quote(param)}}},"code":{{{Quote(code)}}}}}""";

    private static string Quote(string? text) => text is null ? "null" : $"\"{text}\"";

    // The time at which the function started is a real one.
    private static (int Status, string Body) WithoutTime((int Status, string Body) response) =>
        (response.Status, Regex.Replace(response.Body, "\"created\":1[0-9]{9}\\b", "\"created\":0"));
}
