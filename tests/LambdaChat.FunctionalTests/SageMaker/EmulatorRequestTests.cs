using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>What the stand-in's container reads of a request, and what it refuses.</summary>
public sealed class EmulatorRequestTests(FunctionFixture function)
{
    [Theory]
    [InlineData("", "Invalid JSON.")]
    [InlineData("[]", "Invalid JSON.")]
    [InlineData("""{"model":"a","model":"b"}""", "Invalid JSON.")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud83e"}]}""", "Invalid JSON.")]
    [InlineData("""{"messages":[{"role":5,"content":7}]}""", "messages[0].role must be a text.")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content must be a text.")]
    [InlineData("""{"messages":[{"role":"user","content":["a"]}]}""", "messages[0].content must be a list of objects.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":1}]}]}""", "messages[0].content[0].text must be a text.")]
    [InlineData("""{"messages":["hi"]}""", "messages must be a list of objects.")]
    [InlineData("""{"messages":5}""", "messages must be a list of objects.")]
    [InlineData("""{"model":5}""", "model must be a text.")]
    [InlineData("""{"n":"1"}""", "n must be a whole number.")]
    [InlineData("""{"stream_options":true}""", "stream_options must be an object.")]
    [InlineData("""{"input":"a","encoding_format":5}""", "encoding_format must be a text.")]
    [InlineData("""{"stand_in":5}""", "stand_in must be an object.")]
    [InlineData("""{"stand_in":{"server":[]}}""", "stand_in.server must be a text.")]
    [InlineData("""{"stand_in":{"content":["a",1]}}""", "stand_in.content must be a text or a list of texts.")]
    [InlineData("""{"stand_in":{"tools":["f"]}}""", "stand_in.tools must be a list of objects.")]
    [InlineData("""{"stand_in":{"tools":[{"name":"f","arguments":{}}]}}""", "stand_in.tools[0].arguments must be a text.")]
    [InlineData("""{"stand_in":{"tokens":-1}}""", "stand_in.tokens must be a whole number from 0 to 1000000.")]
    [InlineData("""{"stand_in":{"pace_ms":1.5}}""", "stand_in.pace_ms must be a whole number from 0 on.")]
    [InlineData("""{"stand_in":{"part_bytes":0}}""", "stand_in.part_bytes must be a whole number from 1 on.")]
    [InlineData("""{"stand_in":{"write_bytes":0}}""", "stand_in.write_bytes must be a whole number from 1 on.")]
    [InlineData("""{"stand_in":{"cut_seed":"1"}}""", "stand_in.cut_seed must be a whole number.")]
    [InlineData("""{"stand_in":{"burst":1}}""", "stand_in.burst must be true or false.")]
    [InlineData("""{"stand_in":{"gate":1}}""", "stand_in.gate must be a text.")]
    [InlineData("""{"stand_in":{"fault":"reset"}}""", "stand_in.fault must be an object.")]
    [InlineData("""{"stand_in":{"fault":{"kind":"reset","after":"2"}}}""", "stand_in.fault.after must be a whole number from 0 on.")]
    [InlineData("""{"stand_in":{"fault":{"kind":"model_error","status":200}}}""", "stand_in.fault.status must be a whole number from 400 to 599.")]
    public void Parse_Wrong_NamesTheMember(string body, string message)
    {
        var error = Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefused() =>
        Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse([.. "{\"user\":\""u8, 0xE4, 0xBD, .. "\"}"u8]));

    [Fact]
    public void Parse_UnknownFault_IsRefusedWithAllThatThereAre()
    {
        var error = Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse("""{"stand_in":{"fault":{"kind":"none"}}}"""u8));

        Assert.StartsWith("stand_in.fault.kind must be one of model_error, validation_error, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", stall, model_stream_error, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"burst":"yes"}""", "{}", "stand_in.burst must be true or false.")]
    [InlineData("{}", """{"messages":[{"role":5,"content":7}]}""", "messages[0].role must be a text.")]
    public async Task Request_Wrong_IsTheContainersOwn400(string standIn, string members, string message)
    {
        var answer = await Reply.AskAsync(function.Client, Reply.Request(standIn, members));

        var error = new JsonObject { ["message"] = message, ["type"] = "BadRequestError", ["param"] = null, ["code"] = "model_error" };
        Assert.Equal((400, new JsonObject { ["error"] = error }.ToJsonString()), answer);
    }

    [Fact]
    public async Task Question_OfFiveMegabytes_IsQuotedInPart()
    {
        var question = new string('x', 5_000_000);

        var events = await Reply.ReadAsync(function.Client, Reply.Request(members: $$"""{"messages":[{"role":"user","content":"{{question}}"}]}"""));

        Assert.Equal("[DONE]", events[^1]);
        Assert.Contains($"“{question[..200]}”", Reply.Join(events).Content, StringComparison.Ordinal);
    }

    [Fact]
    public void Question_CutInsideACharacter_LosesItWhole() =>
        Assert.Contains($"“{new string('x', 199)}”", Script.Answer(new string('x', 199) + "🤔🤔").Content, StringComparison.Ordinal);
}
