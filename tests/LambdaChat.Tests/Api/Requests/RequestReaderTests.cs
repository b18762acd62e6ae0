using System.Security.Claims;
using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Authentication.Callers;
using LambdaChat.Http;
using LambdaChat.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Api.Requests;

public sealed class RequestReaderTests
{
    private const string Body = """{"model":"r1","messages":[{"role":"user","content":"你好"}]}""";

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON;charset=UTF-8")]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=ISO-8859-1")]
    [InlineData("application/json; charset=")]
    [InlineData("application/json;;")]
    [InlineData("application/vnd.api+json")]
    [InlineData("application/json, application/json; charset=utf-8")] // Of a page that adds the header to that of its client.
    public async Task ContentType_AnyCharset_IsIgnored(string contentType)
    {
        using var request = await ReadAsync(Encoding.UTF8.GetBytes(Body), contentType);

        Assert.Equal("r1", request.ModelName);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/jsonp")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json, text/plain")]
    [InlineData("application/json,")]
    public async Task ContentType_NotJson_IsRefused(string? contentType) =>
        Assert.Equal((415, "unsupported_media_type"), await FailAsync(Encoding.UTF8.GetBytes(Body), contentType));

    [Theory]
    [InlineData("identity", 200)]
    [InlineData("Identity", 200)]
    [InlineData("identity, IDENTITY", 200)]
    [InlineData("identity, br", 415)]
    [InlineData("", 200)]
    [InlineData("gzip", 415)]
    [InlineData("GZIP", 415)]
    public async Task ContentEncoding_InAnyCase_IsRead(string coding, int status)
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        if (status == 200)
        {
            using var request = await ReadAsync(bytes, coding: coding);
            Assert.Equal("r1", request.ModelName);
        }
        else
        {
            Assert.Equal((status, "unsupported_media_type"), await FailAsync(bytes, coding: coding));
        }
    }

    [Fact]
    public async Task Body_OtherThanUtf8_IsRefusedWhateverTheCharset() =>
        Assert.Equal((400, null),
            await FailAsync(Encoding.Latin1.GetBytes("""{"model":"r1","x":"é"}"""), "application/json; charset=iso-8859-1"));

    [Fact]
    public async Task Body_ByteOrderMark_IsSkipped()
    {
        using var request = await ReadAsync([.. "\uFEFF"u8, .. Encoding.UTF8.GetBytes(Body)]);

        Assert.Equal(Body, Encoding.UTF8.GetString(request.Json.Body.Span));
    }

    [Fact]
    public async Task Body_FormattingAndMarksForCaches_AreRemoved()
    {
        using var request = await ReadAsync("""
            { "model": "r1", "messages": [ { "role": "user", "content": [ { "type": "text", "text": "caf\u00e9", "cache_control": {} } ] } ] }
            """u8.ToArray());

        Assert.Equal(
            """{"model":"r1","messages":[{"role":"user","content":"café"}]}""", Encoding.UTF8.GetString(request.Json.Body.Span));
    }

    [Fact]
    public async Task Body_UnpairedSurrogates_BecomeReplacementCharacters()
    {
        using var request = await ReadAsync(
            """{"model":"r1","messages":[{"role":"user","content":"a\ud83d b\ud83d\ude00"}]}"""u8.ToArray());

        Assert.Contains("a\uFFFD b😀", Encoding.UTF8.GetString(request.Json.Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_LongerThanTheMaximum_IsRefused(bool hasLength) =>
        Assert.Equal((413, "request_too_large"), await FailAsync(new byte[1001], hasLength: hasLength));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OfTheMaximum_IsRead(bool hasLength)
    {
        using var request = await ReadAsync(Encoding.UTF8.GetBytes(Body.PadRight(1000 - 4)), hasLength: hasLength);

        Assert.Equal("r1", request.ModelName);
    }

    [Fact]
    public async Task Body_ThatDoesNotArrive_TimesOut()
    {
        var body = new SilentStream();
        var reading = FailAsync(body);
        await body.Reading;
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal((408, "request_timeout"), await reading);
    }

    [Fact]
    public async Task Body_WithMalformedChunks_IsRefused() => Assert.Equal((400, "invalid_request"), await FailAsync(new BrokenStream()));

    [Fact]
    public async Task Model_LongUnknownName_IsShownInPart()
    {
        var reader = new RequestReader(new ModelCatalog([Model()]), RequestLimits.Default, new MemoryBudget(100_000_000, _time), _time);
        var context = Context(new MemoryStream(Encoding.UTF8.GetBytes($$"""{"model":"{{new string('m', 5_000_000)}}"}""")));

        var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => reader.ReadAsync(context, ModelTasks.Chat))).Error;

        Assert.Equal((404, "model_not_found"), (error.Status, error.Code));
        Assert.InRange(error.Message.Length, 64, 300);
    }

    [Fact]
    public async Task Model_Missing_IsNamedByItsPath()
    {
        var models = new ModelCatalog([Model(), Model() with { Name = "r2" }]);
        var reader = new RequestReader(models, RequestLimits.Default, new MemoryBudget(100_000, _time), _time);
        var context = Context(new MemoryStream("{}"u8.ToArray()));

        var error = (await Assert.ThrowsAsync<ErrorResponseException>(
            () => reader.ReadAsync(context, ModelTasks.Chat, static _ => null, "forwardedProps.model"))).Error;

        Assert.Equal(
            ("forwardedProps.model",
                "Missing required parameter: 'forwardedProps.model'. Expected the name of a model that GET /v1/models lists."),
            (error.Param, error.Message));
    }

    private static Model Model() => new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "");

    private Task<IncomingRequest> ReadAsync(
        byte[] body, string? contentType = "application/json", string? coding = null, bool hasLength = true) =>
        ReadAsync(new MemoryStream(body), contentType, coding, hasLength ? body.Length : null);

    private Task<IncomingRequest> ReadAsync(
        Stream body, string? contentType = "application/json", string? coding = null, long? length = null)
    {
        var context = Context(body);
        context.Request.ContentType = contentType;
        context.Request.ContentLength = length;
        if (coding is not null)
        {
            context.Request.Headers.ContentEncoding = coding;
        }

        var limits = RequestLimits.Default with { Bytes = 1000 };
        return new RequestReader(new ModelCatalog([Model()]), limits, new MemoryBudget(100_000, _time), _time).ReadAsync(context,
            ModelTasks.Chat);
    }

    private async Task<(int Status, string? Code)> FailAsync(
        byte[] body, string? contentType = "application/json", string? coding = null, bool hasLength = true)
    {
        var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => ReadAsync(body, contentType, coding, hasLength))).Error;
        return (error.Status, error.Code);
    }

    private async Task<(int Status, string? Code)> FailAsync(Stream body)
    {
        var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => ReadAsync(body))).Error;
        return (error.Status, error.Code);
    }

    [Fact]
    public async Task ReadAsync_CallerWithoutModels_IsRejectedBeforeTheBody()
    {
        var body = new SilentStream();
        var context = Context(body);
        context.Features.Set(new Caller("a") { Models = ["unknown"] });

        var reader = new RequestReader(new ModelCatalog([Model()]), RequestLimits.Default, new MemoryBudget(100_000, _time), _time);
        var error = (await Assert.ThrowsAsync<ErrorResponseException>(() => reader.ReadAsync(context, ModelTasks.Chat))).Error;

        Assert.Equal((404, "model_not_found"), (error.Status, error.Code));
        Assert.False(body.Reading.IsCompleted);
    }

    private static DefaultHttpContext Context(Stream body)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal() };
        context.Request.ContentType = "application/json";
        context.Request.Body = body;
        return context;
    }

    private sealed class SilentStream : MemoryStream
    {
        private readonly TaskCompletionSource _reading = new();

        public Task Reading => _reading.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reading.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException<int>(new IOException("Bad chunk size data."));
    }
}
