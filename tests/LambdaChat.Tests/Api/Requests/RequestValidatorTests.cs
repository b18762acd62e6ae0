using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Http;

namespace LambdaChat.Tests.Api.Requests;

public sealed class RequestValidatorTests
{
    private static readonly RequestLimits Limits = new(Bytes: 100_000, Messages: 3, TextBytes: 20);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":{"x":1},"b":[{"x":1},{"x":2,"y":{"x":3}}],"x":null}""")]
    [InlineData("""{"messages":[{"role":"user"},{"role":"user"},{"role":"user"}],"prompt":[1,2,3,4,5]}""")]
    [InlineData("""{"a":{"messages":[1,2,3,4]},"b":[[1,2,3,4]]}""")]
    [InlineData("""{"a":"12345678901234567890","b":-1.5e308,"c":0.0000000000000000000000000000000000001,"d":true}""")]
    [InlineData("""{"\ud83e\udd14":"你好"}""")]
    [InlineData("[1]")]
    [InlineData("1")]
    public void Find_WhatAnyParserReadsTheSame_IsNoFault(string body) => Assert.Null(Find(body));

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"model":"a","\u006dodel":"b"}""", "model")]
    [InlineData("""{"a":{"x":1,"x":2}}""", "a.x")]
    [InlineData("""{"messages":[{"role":"user"},{"role":"user","content":"a","role":"system"}]}""", "messages[1].role")]
    [InlineData("""{"a":[[1],[{"b":{"c":[0,{"d":1,"d":1}]}}]]}""", "a[1][0].b.c[1].d")]
    [InlineData("""[{"x":1,"x":2}]""", "[0].x")]
    [InlineData("""{"":1,"":2}""", "")]
    public void Find_DuplicateName_ReturnsItsPath(string body, string path) =>
        Assert.Equal((path, $"Invalid '{path}': the request has this field twice."), (Find(body)!.Param, Find(body)!.Message));

    [Theory]
    [InlineData("""{"messages":[1,2,3,4]}""", "messages",
        "Invalid 'messages': array too long. Expected an array with maximum length 3, but got a longer array instead.")]
    [InlineData("""{"x":0,"messages":[{},{},{},{},{}]}""", "messages",
        "Invalid 'messages': array too long. Expected an array with maximum length 3, but got a longer array instead.")]
    [InlineData("""{"a":"123456789012345678901"}""", "a",
        "Invalid 'a': string too long. Expected a string with maximum length 20 bytes, but got a string with length 21 bytes instead.")]
    [InlineData("""{"messages":[{"content":[{"text":"你好你好你好你"}]}]}""", "messages[0].content[0].text",
        "Invalid 'messages[0].content[0].text': string too long. Expected a string with maximum length 20 bytes, " +
        "but got a string with length 21 bytes instead.")]
    [InlineData("""{"a":{"b":[0,1e999]}}""", "a.b[1]", "Invalid 'a.b[1]': the number is out of range.")]
    [InlineData("""{"seed":-1e400}""", "seed", "Invalid 'seed': the number is out of range.")]
    [InlineData("""{"n":11111111111111111111111111111111111111111111111111111111111111111}""", "n",
        "Invalid 'n': the number has more than 64 characters.")]
    public void Find_MoreThanTheLimits_NamesThePlaceAndTheLimit(string body, string path, string message) =>
        Assert.Equal((path, message), (Find(body)!.Param, Find(body)!.Message));

    [Fact]
    public void Find_DepthBeyondTheLimit_IsASeparateFault()
    {
        Assert.Null(Find(Nested(127)));

        var fault = Find(Nested(128));

        Assert.StartsWith("Invalid 'a[0][0]", fault!.Message, StringComparison.Ordinal);
        Assert.EndsWith("…': the value is nested more than 128 levels deep.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(65, fault.Param!.Length);

        static string Nested(int arrays) => $$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";
    }

    [Fact]
    public void Find_ManyNames_AreRefused()
    {
        Assert.Null(Find(Wide(RequestValidator.MaximumNames)));
        Assert.Equal(ApiError.BadRequest("The request body has more than 10000 fields."),
            Find(Wide(RequestValidator.MaximumNames + 1)));

        static string Wide(int names) => $"{{{string.Join(',', Enumerable.Range(0, names).Select(i => $"\"{i}\":0"))}}}";
    }

    /// <summary>The results of tools have names such as presigned addresses, and a member for each row.</summary>
    [Fact]
    public void Find_NamesInsideTheRequest_AreBoundedTogether()
    {
        var (wide, full) = (Enumerable.Range(0, 20_000).Select(i => $"{i:d5}"), RequestValidator.MaximumNamesBytes);
        var many = string.Join(',', wide.Select(name => $"\"{name}\":0"));

        Assert.Null(Find($$"""{"a":[{ {{many}} },{"{{new string('n', full)}}":1},{"{{new string('n', full)}}":1}]}"""));

        Assert.Equal(
            ("a[1].b", "Invalid 'a[1].b': the names of its members have more than 1048576 bytes together."),
            Find($$"""{"a":[{},{"b":{ {{many}},"{{new string('n', full - 100_000 + 1)}}":1} }]}""") is var fault ? (fault!.Param, fault.Message) : default);
    }

    // The names of one wide object once made every later object at its depth as expensive: 10,000 names and 400,000 objects took minutes.
    [Fact]
    public void Find_WideObjectBeforeManySmallOnes_IsLinear()
    {
        var wide = $"{{{string.Join(',', Enumerable.Range(0, RequestValidator.MaximumNames).Select(i => $"\"{i}\":0"))}}}";
        var body = Encoding.UTF8.GetBytes($"{{\"a\":[{wide}{string.Concat(Enumerable.Repeat(",{\"a\":0}", 400_000))}]}}");
        var before = Environment.CpuUsage.UserTime;

        Assert.Null(new RequestValidator(RequestLimits.Default).Find(body));

        Assert.InRange((Environment.CpuUsage.UserTime - before).TotalSeconds, 0, 5);
    }

    [Fact]
    public void Find_LongName_IsRefused() =>
        Assert.Equal(ApiError.BadRequest("A field name in the request body has more than 256 bytes."),
            Find($$"""{"{{new string('n', 257)}}":1}"""));

    [Theory]
    [InlineData("", 1, 0)]
    [InlineData("{\"a\":", 1, 5)]
    [InlineData("{\"a\":1", 1, 6)]
    [InlineData("{\"a\":1}x", 1, 7)]
    [InlineData("{\n\"a\":01}", 2, 5)]
    [InlineData("{\"a\":\"\n\"}", 1, 6)]
    public void Find_NoJson_SaysWhere(string body, int line, int position) =>
        Assert.Equal(
            ($"We could not parse the JSON body of your request (line {line}, byte {position}).",
                $"The request body is not valid JSON: line {line}, byte {position}"),
            (Find(body)!.Message, Find(body)!.AnthropicMessage));

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xFF)]
    public void Find_NoUtf8InsideAText_IsRefused(byte odd) =>
        Assert.Equal(ApiError.BadRequest("The request body is not valid UTF-8."),
            new RequestValidator(Limits).Find([.. "{\"a\":\""u8, odd, .. "\"}"u8]));

    [Fact]
    public void Find_HalfACharacterInAName_IsRefused() =>
        Assert.Equal(ApiError.BadRequest("The request body contains a string that is not valid UTF-8."), Find("""{"\ud800":1}"""));

    private static ApiError? Find(string body) => new RequestValidator(Limits).Find(Encoding.UTF8.GetBytes(body));
}
