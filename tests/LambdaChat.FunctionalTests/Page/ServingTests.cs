using System.Net;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>How the function serves the page's files, and the security headers of every response.</summary>
public sealed class ServingTests(FunctionFixture function)
{
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; " +
            "form-action 'none'; " +
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types workers";

    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    private static string Root => Path.Combine(FunctionFixture.FunctionPath, "wwwroot");

    private static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Root, path));

    [Fact]
    public async Task Files_Each_AreServedWithoutKeyAsTheyAre()
    {
        foreach (var file in Files)
        {
            using var response = await SendAsync(HttpMethod.Get, file == "index.html" ? "" : file);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Root, file), TestContext.Current.CancellationToken),
                await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(
                Path.GetExtension(file) switch
                {
                    ".html" => "text/html; charset=utf-8",
                    ".css" => "text/css; charset=utf-8",
                    ".js"
                    or ".mjs" => "text/javascript; charset=utf-8",
                    ".bcmap" => "application/octet-stream",
                    ".json" => "application/json; charset=utf-8",
                    ".svg" =>
                        "image/svg+xml",
                    ".webmanifest" => "application/manifest+json; charset=utf-8",
                    _ => "text/plain; charset=utf-8"
                },
                response.Content.Headers.ContentType!.ToString());
            Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
            AssertSafe(response, PagePolicy);
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("gzip", true)]
    [InlineData("GZIP;q=0.5, br", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("*, gzip;q=0.0", false)]
    [InlineData("*;q=0", false)]
    [InlineData("xgzip", false)]
    public async Task File_OnKestrel_IsCompressedIfAccepted(string codings, bool isCompressed)
    {
        using var response = await GetFromKestrelAsync("", codings);

        Assert.Equal(isCompressed ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task File_KnownByItsTag_IsNotSentAgain()
    {
        using var first = await SendAsync(HttpMethod.Get, "assets/main.js");
        var tag = first.Headers.ETag!.ToString();

        using var same = await SendAsync(HttpMethod.Get, "assets/main.js", ("If-None-Match", tag));
        using var other = await SendAsync(HttpMethod.Get, "assets/main.js", ("If-None-Match", "W/\"0123456789abcdef\""));

        Assert.Equal((HttpStatusCode.NotModified, tag, ""),
            (same.StatusCode, same.Headers.ETag!.ToString(), await same.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        AssertSafe(same, PagePolicy);
    }

    [Fact]
    public async Task Head_OfAFile_HasNoBody()
    {
        using var response = await SendAsync(HttpMethod.Head, "");

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"),
            (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("assets/nothing.js")]
    [InlineData("assets/..%2findex.html")]
    [InlineData("assets/..%2f..%2fLambdaChat.dll")]
    [InlineData("assets/%2e%2e%2fLambdaChat.runtimeconfig.json")]
    [InlineData("assets/MAIN.JS")]
    [InlineData("vendor/nothing.mjs")]
    [InlineData("vendor/..%2findex.html")]
    [InlineData("vendor/..%2f..%2fLambdaChat.runtimeconfig.json")]
    public async Task File_NotOfThePage_IsNotThere(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Page_Itself_ReferencesNoOtherHost()
    {
        foreach (var file in Files.Where(
            file => file.EndsWith(".html", StringComparison.Ordinal) || file.EndsWith(".css", StringComparison.Ordinal)))
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Root, file), TestContext.Current.CancellationToken);
            Assert.DoesNotMatch("""(src|href)="(?!assets/)|url\(|@import""", text);
        }
    }

    // A function URL removes Content-Encoding, and behind CloudFront such responses fail at times.
    [Fact]
    public async Task Files_OnLambda_AreNotCompressed()
    {
        using var response = await SendAsync(HttpMethod.Get, "", ("Accept-Encoding", "br, gzip"));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("GET", "healthz", 200)]
    [InlineData("GET", "v1/models", 200)]
    [InlineData("GET", "nothing", 404)]
    [InlineData("DELETE", "v1/models", 405)]
    [InlineData("POST", "v1/chat/completions", 400)]
    [InlineData("POST", "", 405)]
    public async Task Answer_OfTheApi_IsSafeInABrowser(string method, string path, int status)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), new Uri(function.Lambda.Url, path));
        message.Content = method == "POST" ? new StringContent("{", null, "application/json") : null;
        using var response = await function.Client.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        AssertSafe(response, ApiPolicy);
    }

    [Fact]
    public async Task Refusal_Preflight_AndStream_AreSafeInABrowser()
    {
        using var refused = await SendAsync(HttpMethod.Get, "v1/models");
        using var preflight = await SendAsync(HttpMethod.Options, "v1/models", ("Origin", "https://chat.example.com"),
            ("Access-Control-Request-Method", "GET"));
        await using var stream = await Reply.StartAsync(function.Client, Reply.Request("""{"tokens":1}"""));

        Assert.Equal((401, 204, 200), ((int)refused.StatusCode, (int)preflight.StatusCode, (int)stream.Response.StatusCode));
        AssertSafe(refused, ApiPolicy);
        AssertSafe(preflight, ApiPolicy);
        AssertSafe(stream.Response, ApiPolicy);
    }

    [Fact]
    public async Task Kestrel_ServesTheSame()
    {
        var log = new Log();
        var start = FunctionCommand.Create(FunctionFixture.FunctionPath);
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add("http://127.0.0.1:0");
        foreach (var (name, value) in FunctionFixture.Variables(function.Emulator.Address))
        {
            start.Environment[name] = value;
        }

        using var process = ChildProcess.Start(start, log.Write);
        try
        {
            const string Listening = "Now listening on: ";
            var line = await log.WaitForAsync(Listening);
            var url = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split('"')[0]);
            using var client = new HttpClient();
            using var page = await client.GetAsync(url, TestContext.Current.CancellationToken);
            using var health = await client.GetAsync(new Uri(url, "healthz"), TestContext.Current.CancellationToken);

            Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
            AssertSafe(page, PagePolicy);
            AssertSafe(health, ApiPolicy);
        }
        finally
        {
            process.Kill();
            await process.Exited.InTimeAsync();
        }
    }

    private static void AssertSafe(HttpResponseMessage response, string policy)
    {
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal(policy, Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
    }

    private async Task<HttpResponseMessage> GetFromKestrelAsync(string path, string codings)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(function.Kestrel.Url, path));
        message.Headers.TryAddWithoutValidation("Accept-Encoding", codings);
        return await function.Client.SendAsync(message, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var message = new HttpRequestMessage(method,
            new Uri($"{function.Lambda.Url}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(message, TestContext.Current.CancellationToken);
    }
}
