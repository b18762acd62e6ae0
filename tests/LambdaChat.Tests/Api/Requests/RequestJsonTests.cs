using System.Text;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;

namespace LambdaChat.Tests.Api.Requests;

public sealed class RequestJsonTests
{
    [Fact]
    public void Parse_Object_FindsEveryMemberInOrder()
    {
        var json = Read(""" { "a" : "x" , "b":-1.5e3,"c":[{"a":1},2], "d" :{"e":{}}, "f":true,"g":null,"":false } """);

        Assert.Equal(["a", "b", "c", "d", "f", "g", ""], json.Names);
        Assert.Equal(["\"x\"", "-1.5e3", """[{"a":1},2]""", """{"e":{}}""", "true", "null", "false"],
            json.Members.Select(member => Value(json, member)));
        Assert.Equal(
            [JsonTokenType.String, JsonTokenType.Number, JsonTokenType.StartArray, JsonTokenType.StartObject, JsonTokenType.True,
                JsonTokenType.Null, JsonTokenType.False],
            json.Members.Select(member => member.Type));
        Assert.Equal("\"b\"", Encoding.UTF8.GetString(json.Body.Span[json.Members[1].NameStart..][..3]));
        Assert.Equal((byte)'{', json.Body.Span[json.Start - 1]);
    }

    [Fact]
    public void Find_MemberThatIsNull_IsThereAndNotFound()
    {
        var json = Read("""{"a":null,"b":0}""");

        Assert.Null(json.Find("a"));
        Assert.True(json.Contains("a"));
        Assert.Equal("0", Value(json, json.Find("b")!.Value));
        Assert.Null(json.Find("B"));
        Assert.False(json.Contains("c"));
    }

    [Fact]
    public void Parse_EscapesInNames_AreRead()
    {
        var json = Read("""{"\u006dodel":"x","t\/s":1,"\ud83e\udd14":2}""");

        Assert.Equal("x", json.FindText("model"));
        Assert.Equal(["model", "t/s", "🤔"], json.Names);
    }

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"x-y":1,"stream":true,"x-y":1}""", "x-y")]
    [InlineData("""{"model":"a","\u006dodel":"b"}""", "model")]
    [InlineData("""{"":1,"":null}""", "")]
    [InlineData("""{"模型":1,"模型":1}""", "模型")]
    public void Parse_DuplicateName_IsRejected(string body, string name) =>
        AssertIs((name, "invalid_value", $"Invalid '{name}': the request has this field twice."), Fault(body)!);

    [Theory]
    [InlineData(64, "")]
    [InlineData(65, "…")]
    [InlineData(100_000, "…")]
    public void Parse_LongDuplicateName_IsShortenedInTheError(int length, string rest)
    {
        var name = new string('n', length);
        var shown = new string('n', 64) + rest;

        AssertIs((shown, "invalid_value", $"Invalid '{shown}': the request has this field twice."), Fault($$"""{"{{name}}":1,"{{name}}":1}""")!);
    }

    [Fact]
    public void Parse_SameNamesInside_AreNotLookedAt() =>
        Assert.Equal(2, Read("""{"a":{"x":1,"x":2},"b":[{"x":1,"x":2}]}""").Members.Count);

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void Parse_Depth_HasALimit(int arrays, bool isTaken)
    {
        var (json, fault) = RequestJson.Parse(Encoding.UTF8.GetBytes($$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}"""));

        Assert.Equal(isTaken, json is not null);
        Assert.Equal(isTaken ? null : "We could not parse the JSON body of your request (line 1, byte 132).", fault?.Message);
    }

    [Theory]
    [InlineData("", "We could not parse the JSON body of your request (line 1, byte 0).")]
    [InlineData(" \n\t", "We could not parse the JSON body of your request (line 2, byte 1).")]
    [InlineData("{", "We could not parse the JSON body of your request (line 1, byte 1).")]
    [InlineData("{\"a\":1", "We could not parse the JSON body of your request (line 1, byte 6).")]
    [InlineData("{\"a\":1,}", "We could not parse the JSON body of your request (line 1, byte 7).")]
    [InlineData("{\"a\":01}", "We could not parse the JSON body of your request (line 1, byte 6).")]
    [InlineData("{\"a\"\n:\n'x'}", "We could not parse the JSON body of your request (line 3, byte 0).")]
    [InlineData("{}x", "We could not parse the JSON body of your request (line 1, byte 2).")]
    [InlineData("{} {}", "We could not parse the JSON body of your request (line 1, byte 3).")]
    [InlineData("{}\0", "We could not parse the JSON body of your request (line 1, byte 2).")]
    [InlineData("\uFEFF{}", "We could not parse the JSON body of your request (line 1, byte 0).")]
    [InlineData("{/**/}", "We could not parse the JSON body of your request (line 1, byte 1).")]
    [InlineData("[]", "The request body must be a JSON object.")]
    [InlineData("null", "The request body must be a JSON object.")]
    [InlineData("\"{}\"", "The request body must be a JSON object.")]
    public void Parse_BodyThatIsNoObject_IsRefused(string body, string message) =>
        AssertIs((null, null, message), Fault(body)!);

    [Fact]
    public void Parse_InvalidUtf8InAName_IsRefused()
    {
        Assert.Equal("The request body contains a string that is not valid UTF-8.", Fault([.. "{\"a"u8, 0xFF, .. "\":1}"u8])?.Message);
        Assert.Equal("The request body contains a string that is not valid UTF-8.", Fault("""{"\ud83e":1}"""u8.ToArray())?.Message);
    }

    [Fact]
    public void Text_InvalidUtf8_IsThatMembersFault()
    {
        var json = RequestJson.TryParse((byte[])[.. "{\"a\":\""u8, 0xC3, .. "\",\"b\":\"\\ud83e\",\"c\":\"x\"}"u8])!;

        Assert.Equal("Invalid 'a': the string is not valid UTF-8.", Fault(() => json.FindText("a")).Message);
        Assert.Equal("Invalid 'b': the string is not valid UTF-8.", Fault(() => json.FindText("b")).Message);
        Assert.Equal("x", json.FindText("c"));
    }

    [Theory]
    [InlineData("""{"a":"你\n\"\/🤔"}""", "你\n\"/🤔")]
    [InlineData("""{"a":""}""", "")]
    [InlineData("""{"a":null}""", null)]
    [InlineData("""{}""", null)]
    public void Text_OfAMember_IsUnescaped(string body, string? expected) => Assert.Equal(expected, Read(body).FindText("a"));

    [Theory]
    [InlineData("1", "an integer")]
    [InlineData("1.0", "a decimal number")]
    [InlineData("true", "a boolean")]
    [InlineData("[\"x\"]", "an array")]
    [InlineData("{}", "an object")]
    public void Text_OfAnotherKind_IsRefused(string value, string type) => AssertIs(
        ("a", "invalid_type", $"Invalid type for 'a': expected a string, but got {type} instead."),
        Fault(() => Read($$"""{"a":{{value}}}""").FindText("a")));

    [Theory]
    [InlineData("""{"a":true}""", true)]
    [InlineData("""{"a":false}""", false)]
    [InlineData("""{"a":null}""", false)]
    [InlineData("""{}""", false)]
    public void Flag_OfAMember_IsRead(string body, bool expected) => Assert.Equal(expected, Read(body).Flag("a"));

    [Theory]
    [InlineData("1", "an integer")]
    [InlineData("\"true\"", "a string")]
    [InlineData("[]", "an array")]
    [InlineData("{}", "an object")]
    public void Flag_OfAnotherKind_IsRefused(string value, string type) => AssertIs(
        ("a", "invalid_type", $"Invalid type for 'a': expected a boolean, but got {type} instead."),
        Fault(() => Read($$"""{"a":{{value}}}""").Flag("a")));

    [Theory]
    [InlineData("""{"a":1}""", 1)]
    [InlineData("""{"a":128}""", 128)]
    [InlineData("""{"a":100.0}""", 100)]
    [InlineData("""{"a":1e2}""", 100)]
    [InlineData("""{"a":1280E-1}""", 128)]
    [InlineData("""{"a":0.5e1}""", 5)]
    [InlineData("""{"a":null}""", null)]
    [InlineData("""{}""", null)]
    public void Number_InRange_IsRead(string body, int? expected) => Assert.Equal(expected, Read(body).FindInteger("a", 1, 128));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-1e2")]
    [InlineData("-9223372036854775809")]
    public void Number_BelowTheMinimum_IsRefused(string value) => AssertIs(
        ("a", "integer_below_min_value", $"Invalid 'a': integer below minimum value. Expected a value >= 1, but got {value} instead."),
        Fault(() => Read($$"""{"a":{{value}}}""").FindInteger("a", 1, 128)));

    [Theory]
    [InlineData("129")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    public void Number_AboveTheMaximum_IsRefused(string value) => AssertIs(
        ("a", "integer_above_max_value", $"Invalid 'a': integer above maximum value. Expected a value <= 128, but got {value} instead."),
        Fault(() => Read($$"""{"a":{{value}}}""").FindInteger("a", 1, 128)));

    [Theory]
    [InlineData("1.5", "a decimal number")]
    [InlineData("1e400", "a decimal number")]
    [InlineData("1.0000001", "a decimal number")]
    [InlineData("1e-999", "a decimal number")]
    [InlineData("1.0000000000000000000000000000000000000001", "a decimal number")]
    [InlineData("\"1\"", "a string")]
    [InlineData("true", "a boolean")]
    [InlineData("[1]", "an array")]
    public void Number_OfAnotherKind_IsRefused(string value, string type) => AssertIs(
        ("a", "invalid_type", $"Invalid type for 'a': expected an integer, but got {type} instead."),
        Fault(() => Read($$"""{"a":{{value}}}""").FindInteger("a", 1, 128)));

    private static void AssertIs((string? Param, string? Code, string Message) expected, ApiError error) =>
        Assert.Equal((400, expected), (error.Status, (error.Param, error.Code, error.Message)));

    private static RequestJson Read(string body) => RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!;

    private static string Value(RequestJson json, JsonMember member) => Encoding.UTF8.GetString(json.Value(member));

    private static ApiError? Fault(string body) => Fault(Encoding.UTF8.GetBytes(body));

    private static ApiError? Fault(byte[] body) => RequestJson.Parse(body).Fault;

    private static ApiError Fault(Func<object?> read) => Assert.Throws<ErrorResponseException>(() => { read(); }).Error;
}
