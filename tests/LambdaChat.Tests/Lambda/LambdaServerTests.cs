using System.Buffers;
using System.Net;
using System.Text;
using LambdaChat.Lambda;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Tests.Lambda;

public sealed class LambdaServerTests : IDisposable
{
    private const string Prelude = "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"}}\0\0\0\0\0\0\0\0";

    private readonly RawRuntimeApi _api = new();
    private readonly SemaphoreSlim _step = new(0);

    [Fact]
    public async Task Answer_Streamed_SendsHeadPreludeAndFirstBytesTogetherThenOneChunkAFlush()
    {
        await using var function = await StartAsync(async context =>
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync("one");
            await _step.WaitAsync();
            await context.Response.BodyWriter.WriteAsync("two"u8.ToArray());
            await _step.WaitAsync();
            context.Response.BodyWriter.Write("three"u8);
        });
        await _api.GiveAsync(FunctionUnderTest.Get, "abc-1");

        var answer = await _api.ReceiveAsync();

        Assert.Equal(
            $"POST /2018-06-01/runtime/invocation/abc-1/response HTTP/1.1\r\nHost: 127.0.0.1:{_api.Port}\r\n" +
            "Content-Type: application/vnd.awslambda.http-integration-response\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n" +
            "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
            answer.Head);
        Assert.Equal($"{Prelude.Length + 3:x}\r\n{Prelude}one\r\n", answer.FirstBytes);
        Assert.Equal(Prelude + "one", await answer.ReadChunkAsync());
        _step.Release();
        Assert.Equal("two", await answer.ReadChunkAsync());
        _step.Release();
        Assert.Equal("three", await answer.ReadChunkAsync());
        Assert.Equal("", await answer.ReadChunkAsync());
        Assert.Equal("", await answer.ReadTrailersAsync());
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("start, stream")]
    [InlineData("writer")]
    [InlineData("start, writer")]
    [InlineData("wrapped, stream")]
    [InlineData("wrapped, start, writer")]
    public async Task Answer_BytesFlushed_AreBytesSent(string way)
    {
        await using var function = await StartAsync(
            async context =>
            {
                if (way.Contains("start", StringComparison.Ordinal))
                {
                    await context.Response.StartAsync();
                }

                foreach (var text in (string[])["one", "two"])
                {
                    await WriteAsync(context.Response, Encoding.UTF8.GetBytes(text), way.EndsWith("writer", StringComparison.Ordinal));
                    await _step.WaitAsync();
                }
            },
            app => app.Use(async (context, next) =>
            {
                if (way.StartsWith("wrapped", StringComparison.Ordinal))
                {
                    context.Response.Body = new BufferedStream(context.Response.Body);
                }

                await next(context);
            }));
        await _api.GiveAsync(FunctionUnderTest.Get);

        var answer = await _api.ReceiveAsync();
        Assert.EndsWith("\0one", await answer.ReadChunkAsync(), StringComparison.Ordinal);
        _step.Release();
        Assert.Equal("two", await answer.ReadChunkAsync());
        _step.Release();
        Assert.Equal("", await answer.ReadChunksAsync());
    }

    [Fact]
    public async Task OnCompleted_RunsBehindTheAnswerAndBeforeTheNextInvocation()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.OnCompleted(() => _step.WaitAsync());
            return context.Response.WriteAsync("x");
        });
        await _api.GiveAsync(FunctionUnderTest.Get, "id-1");
        var answer = await _api.ReceiveAsync();

        Assert.EndsWith("\0x", await answer.ReadChunksAsync(), StringComparison.Ordinal);
        await answer.AcceptAsync();
        var next = _api.ReceiveAsync().AsTask();
        Assert.False(next.IsCompleted);
        _step.Release();

        Assert.StartsWith("GET /2018-06-01/runtime/invocation/next ", (await next).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_SeveralInvocations_UseTwoConnections()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        for (var i = 0; i < 3; i++)
        {
            await _api.GiveAsync(FunctionUnderTest.Get, $"id-{i}");
            var answer = await _api.ReceiveAsync();
            Assert.EndsWith("\0x", await answer.ReadChunksAsync(), StringComparison.Ordinal);
            await answer.AcceptAsync();
        }

        await _api.ReceiveAsync();
        Assert.Equal(2, _api.ConnectionCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_WithoutBody_IsBuffered(bool starts)
    {
        await using var function = await StartAsync(async context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers["x-a"] = "1";
            if (starts)
            {
                await context.Response.StartAsync();
            }
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var answer = await _api.ReceiveAsync();

        Assert.DoesNotContain("Response-Mode", answer.Head, StringComparison.Ordinal);
        Assert.Equal("""{"statusCode":204,"headers":{"x-a":"1"},"body":"","isBase64Encoded":false}""", await answer.ReadBodyAsync());
    }

    [Fact]
    public async Task Answer_HeadersAndCookies_StandInThePrelude()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers.Append("X-Many", new(["a", "b"]));
            context.Response.Headers.ContentLength = 2;
            context.Response.Headers.Connection = "close";
            context.Response.Cookies.Append("k", "v");
            context.Response.Cookies.Append("l", "w");
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["x-late"] = "1";
                return Task.CompletedTask;
            });
            return context.Response.WriteAsync("ok");
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var answer = await _api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":418,"headers":{"x-many":"a, b","x-late":"1"},"cookies":["k=v; path=/","l=w; path=/"]}""" + "\0\0\0\0\0\0\0\0ok",
            await answer.ReadChunksAsync());
    }

    [Fact]
    public async Task Answer_ToARestApi_HasListsOfHeaders()
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.Headers.Append("X-Many", new(["a", "b"]));
            context.Response.Headers.ContentLength = 2;
            context.Response.Cookies.Append("k", "v");
            context.Response.Cookies.Append("l", "w");
            return context.Response.WriteAsync("ok");
        });
        await _api.GiveAsync(FunctionUnderTest.RestApiGet);

        var answer = await _api.ReceiveAsync();

        Assert.Equal(
            """{"statusCode":200,"multiValueHeaders":{"x-many":["a","b"],"set-cookie":["k=v; path=/","l=w; path=/"]}}""" + "\0\0\0\0\0\0\0\0ok",
            await answer.ReadChunksAsync());
    }

    [Theory]
    [InlineData(204, 200)]
    [InlineData(404, 404)]
    public async Task Answer_ToARestApiWithoutBody_IsStreamedAllTheSame(int status, int expected)
    {
        await using var function = await StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await _api.GiveAsync(FunctionUnderTest.RestApiGet);

        var answer = await _api.ReceiveAsync();

        Assert.Contains("Lambda-Runtime-Function-Response-Mode: streaming", answer.Head, StringComparison.Ordinal);
        Assert.Equal($$$"""{"statusCode":{{{expected}}},"multiValueHeaders":{}}""" + "\0\0\0\0\0\0\0\0\n", await answer.ReadChunksAsync());
    }

    [Fact]
    public async Task Answer_ToARestApiUnderSamLocal_IsOneDocument()
    {
        await using var function = await FunctionUnderTest.StartAsync(_api.Environment(isSamLocal: true), context =>
        {
            context.Response.StatusCode = 204;
            context.Response.Headers["x-a"] = "1";
            return Task.CompletedTask;
        });
        await _api.GiveAsync(FunctionUnderTest.RestApiGet);

        var answer = await _api.ReceiveAsync();

        Assert.Equal("""{"statusCode":204,"multiValueHeaders":{"x-a":["1"]},"body":"","isBase64Encoded":false}""", await answer.ReadBodyAsync());
    }

    [Fact]
    public async Task Iam_OfTheEvent_IsAFeature_AndNoHeaderIs()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync(context.Features.Get<IamIdentity>()?.UserArn ?? "nobody"));
        const string Signed = """{"path":"/","httpMethod":"GET","requestContext":{"identity":{"userArn":"arn:aws:iam::1:user/u"}}}""";
        const string Forged = """{"path":"/","httpMethod":"GET","headers":{"userArn":"x","requestContext":"{}"},"requestContext":{"identity":{"userArn":null}}}""";

        await _api.GiveAsync(Signed);
        var signed = await _api.ReceiveAsync();
        Assert.EndsWith("\0arn:aws:iam::1:user/u", await signed.ReadChunksAsync(), StringComparison.Ordinal);
        await signed.AcceptAsync();
        await _api.GiveAsync(Forged);
        var forged = await _api.ReceiveAsync();

        Assert.EndsWith("\0nobody", await forged.ReadChunksAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", """{"statusCode":200,"headers":{},"body":"tëxt","isBase64Encoded":false}""")]
    [InlineData("binary", """{"statusCode":200,"headers":{},"body":"AP+A","isBase64Encoded":true}""")]
    public async Task Answer_UnderSamLocal_IsOneDocument(string kind, string expected)
    {
        await using var function = await FunctionUnderTest.StartAsync(_api.Environment(isSamLocal: true), async context =>
        {
            byte[] body = kind == "text" ? [.. "tëxt"u8] : [0, 0xFF, 0x80];
            await context.Response.Body.WriteAsync(body.AsMemory(0, 2));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(body.AsMemory(2));
        });
        await _api.GiveAsync(FunctionUnderTest.Get);

        var answer = await _api.ReceiveAsync();

        Assert.Equal(expected, System.Text.RegularExpressions.Regex.Unescape(await answer.ReadBodyAsync()));
    }

    [Fact]
    public async Task Answer_BinaryBody_StaysBinary()
    {
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        await using var function = await StartAsync(context => context.Response.Body.WriteAsync(bytes).AsTask());
        await _api.GiveAsync(FunctionUnderTest.Get);

        var body = await (await _api.ReceiveAsync()).ReadChunksAsync();

        Assert.EndsWith("\0\0\0\0\0\0\0\0" + Encoding.Latin1.GetString(bytes), body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfALargeChunkedEvent_IsWhole()
    {
        var text = string.Concat(Enumerable.Repeat("Text with \"quotes\" and 🤔.\n", 40_000));
        var received = "";
        await using var function = await StartAsync(async context =>
        {
            received = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync("ok");
        });
        await _api.GiveAsync(
            $$$"""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":{{{System.Text.Json.JsonSerializer.Serialize(text)}}}}""", isChunked: true);
        await (await _api.ReceiveAsync()).ReadChunksAsync();

        Assert.Equal(text, received);
    }

    [Theory]
    [InlineData("""{"key1":"value1"}""")]
    [InlineData("""{"source":"aws.events","detail-type":"Scheduled Event"}""")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"POST"}},"body":"%%%","isBase64Encoded":true}""")]
    public async Task Answer_EventOfNoKnownFormat_IsOneClearError(string json)
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await _api.GiveAsync(json, "odd-1");

        var error = await _api.ReceiveAsync();

        Assert.Equal("POST /2018-06-01/runtime/invocation/odd-1/error HTTP/1.1", error.Line);
        Assert.Contains("Lambda-Runtime-Function-Error-Type: Function.UnknownEvent", error.Head, StringComparison.Ordinal);
        Assert.Contains("\"errorType\":\"Function.UnknownEvent\",\"stackTrace\":[]", await error.ReadBodyAsync(), StringComparison.Ordinal);
        await error.AcceptAsync();
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task Answer_HandlerFailsBeforeTheFirstByte_IsReported()
    {
        await using var function = await StartAsync(context =>
            context.Request.Path == "/fail" ? throw new InvalidOperationException("secret") : context.Response.WriteAsync("x"));
        await _api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/fail\"", StringComparison.Ordinal));

        var error = await _api.ReceiveAsync();

        Assert.EndsWith("/error HTTP/1.1", error.Line, StringComparison.Ordinal);
        Assert.Equal(
            """{"errorMessage":"The function failed. Its log has the reason.","errorType":"Function.InvalidOperationException","stackTrace":[]}""",
            await error.ReadBodyAsync());
        await error.AcceptAsync();
        await AssertServesNextAsync();
    }

    [Theory]
    [InlineData("throw", "Function.InvalidOperationException")]
    [InlineData("abort", "Function.Aborted")]
    public async Task Answer_FailsAfterTheFirstByte_EndsInTrailers(string way, string type)
    {
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("part");
            if (context.Request.Path != "/fail")
            {
                return;
            }

            if (way == "throw")
            {
                throw new InvalidOperationException("secret");
            }

            context.Abort();
        });
        await _api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/fail\"", StringComparison.Ordinal));

        var answer = await _api.ReceiveAsync();
        Assert.EndsWith("\0part", await answer.ReadChunkAsync(), StringComparison.Ordinal);
        Assert.Equal("", await answer.ReadChunkAsync());
        var trailers = (await answer.ReadTrailersAsync()).Split('\n');

        Assert.Equal($"Lambda-Runtime-Function-Error-Type: {type}", trailers[0]);
        Assert.StartsWith("Lambda-Runtime-Function-Error-Body: ", trailers[1], StringComparison.Ordinal);
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(trailers[1].Split(": ")[1]));
        Assert.Contains($"\"errorType\":\"{type}\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        await answer.AcceptAsync();
        await AssertServesNextAsync("part");
    }

    [Fact]
    public async Task RequestAborted_ResponseConnectionBreaks_FiresAndCostsOnlyThisInvocation()
    {
        var isCompleted = new TaskCompletionSource<bool>();
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("x");
            if (context.Request.Path == "/long")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                isCompleted.SetResult((await context.Response.BodyWriter.WriteAsync("y"u8.ToArray())).IsCompleted);
            }
        });
        await _api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/long\"", StringComparison.Ordinal));
        await (await _api.ReceiveAsync()).ReadChunkAsync();

        _api.ResetConnections();

        Assert.True(await isCompleted.Task);
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task Answer_RuntimeApiAnswersTooEarly_IsLostAndTheNextIsServed()
    {
        var aborted = new TaskCompletionSource();
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("x");
            if (context.Request.Path == "/long")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                aborted.SetResult();
            }
        });
        await _api.GiveAsync(FunctionUnderTest.Get.Replace("\"rawPath\":\"/\"", "\"rawPath\":\"/long\"", StringComparison.Ordinal));
        var answer = await _api.ReceiveAsync();
        await answer.ReadChunkAsync();

        await answer.AcceptAsync();

        await aborted.Task;
        await AssertServesNextAsync();
    }

    [Fact]
    public async Task Poll_ConnectionReset_IsMadeAgain()
    {
        await using var function = await StartAsync(context => context.Response.WriteAsync("x"));
        await _api.ReceiveAsync();

        _api.ResetConnections();

        await AssertServesNextAsync();
    }

    [Fact]
    public async Task StopAsync_InvocationUnderWay_IsFinishedFirst()
    {
        await using var function = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            await _step.WaitAsync();
            await context.Response.WriteAsync(", done");
        });
        await _api.GiveAsync(FunctionUnderTest.Get);
        var answer = await _api.ReceiveAsync();
        await answer.ReadChunkAsync();

        var stop = function.StopAsync();
        Assert.False(stop.IsCompleted);
        _step.Release();

        Assert.Equal(", done", await answer.ReadChunksAsync());
        await answer.AcceptAsync();
        await stop;
    }

    [Fact]
    public async Task Start_MaxConcurrency_RunsSoManyInvocationsAtOnce()
    {
        await using var function = await FunctionUnderTest.StartAsync(_api.Environment(maxConcurrency: 2), async context =>
        {
            await context.Response.WriteAsync(context.Request.Path);
            await _step.WaitAsync();
        });
        await _api.GiveAsync(FunctionUnderTest.Get, "first");
        await _api.GiveAsync(FunctionUnderTest.Get, "second");

        RawRequest[] answers = [await _api.ReceiveAsync(), await _api.ReceiveAsync()];
        _step.Release(2);

        foreach (var answer in answers)
        {
            Assert.EndsWith("\0/", await answer.ReadChunksAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(
            ["POST /2018-06-01/runtime/invocation/first/response HTTP/1.1", "POST /2018-06-01/runtime/invocation/second/response HTTP/1.1"],
            answers.Select(answer => answer.Line).Order());
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:{0}")]
    [InlineData("127.0.0.1", "localhost:{0}")]
    [InlineData("::1", "[::1]:{0}")]
    public async Task RuntimeApi_AddressOrName_IsReached(string address, string variable)
    {
        using var api = new RawRuntimeApi(IPAddress.Parse(address));
        var authority = string.Format(System.Globalization.CultureInfo.InvariantCulture, variable, api.Port);
        await using var function = await FunctionUnderTest.StartAsync(new LambdaEnvironment(authority, IsSamLocal: false, MaxConcurrency: 1), context => context.Response.WriteAsync("x"));

        var request = await api.ReceiveAsync();

        Assert.EndsWith($"\r\nHost: {authority}", request.Head, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _api.Dispose();
        _step.Dispose();
    }

    private Task<FunctionUnderTest> StartAsync(RequestDelegate handler, Action<WebApplication>? configure = null) =>
        FunctionUnderTest.StartAsync(_api.Environment(), handler, configure: configure);

    private async Task AssertServesNextAsync(string body = "x")
    {
        await _api.GiveAsync(FunctionUnderTest.Get, "after");
        var answer = await _api.ReceiveAsync();
        Assert.Equal("POST /2018-06-01/runtime/invocation/after/response HTTP/1.1", answer.Line);
        Assert.EndsWith("\0" + body, await answer.ReadChunksAsync(), StringComparison.Ordinal);
    }

    private static async Task WriteAsync(HttpResponse response, byte[] bytes, bool isWriter)
    {
        if (isWriter)
        {
            response.BodyWriter.Write(bytes);
            await response.BodyWriter.FlushAsync();
        }
        else
        {
            await response.Body.WriteAsync(bytes);
            await response.Body.FlushAsync();
        }
    }
}
