using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.SageMaker.Requests;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>The validation of requests by the emulated container.</summary>
public sealed class EmulatorRequestTests(FunctionFixture function)
{
    [Theory]
    [InlineData("", "Invalid JSON.")]
    [InlineData("[]", "Invalid JSON.")]
    [InlineData("""{"model":"a","model":"b"}""", "Invalid JSON.")]
    [InlineData("""{"messages":[{"role":5,"content":7}]}""", "messages[0].role must be a string.")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content must be a string.")]
    [InlineData("""{"messages":[{"role":"user","content":["a"]}]}""", "messages[0].content must be an array of objects.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":1}]}]}""", "messages[0].content[0].text must be a string.")]
    [InlineData("""{"messages":["hi"]}""", "messages must be an array of objects.")]
    [InlineData("""{"messages":5}""", "messages must be an array of objects.")]
    [InlineData("""{"model":5}""", "model must be a string.")]
    [InlineData("""{"n":"1"}""", "n must be an integer.")]
    [InlineData("""{"stream_options":true}""", "stream_options must be an object.")]
    [InlineData("""{"input":"a","encoding_format":5}""", "encoding_format must be a string.")]
    [InlineData("""{"stand_in":5}""", "stand_in must be an object.")]
    [InlineData("""{"stand_in":{"server":[]}}""", "stand_in.server must be a string.")]
    [InlineData("""{"stand_in":{"content":["a",1]}}""", "stand_in.content must be a string or an array of strings.")]
    [InlineData("""{"stand_in":{"tools":["f"]}}""", "stand_in.tools must be an array of objects.")]
    [InlineData("""{"stand_in":{"tools":[{"name":"f","arguments":{}}]}}""", "stand_in.tools[0].arguments must be a string.")]
    [InlineData("""{"stand_in":{"tokens":-1}}""", "stand_in.tokens must be an integer from 0 to 1000000.")]
    [InlineData("""{"stand_in":{"pace_ms":1.5}}""", "stand_in.pace_ms must be an integer of at least 0.")]
    [InlineData("""{"stand_in":{"part_bytes":0}}""", "stand_in.part_bytes must be an integer of at least 1.")]
    [InlineData("""{"stand_in":{"write_bytes":0}}""", "stand_in.write_bytes must be an integer of at least 1.")]
    [InlineData("""{"stand_in":{"cut_seed":"1"}}""", "stand_in.cut_seed must be an integer.")]
    [InlineData("""{"stand_in":{"burst":1}}""", "stand_in.burst must be true or false.")]
    [InlineData("""{"tools":{}}""", "tools must be an array of objects.")]
    [InlineData("""{"tool_choice":"always"}""", "tool_choice must be none, auto, required or an object.")]
    [InlineData("""{"stand_in":{"cut_at":["1"]}}""", "stand_in.cut_at must be an array of integers.")]
    [InlineData("""{"stand_in":{"replay":{"stream":"!","base64":true}}}""", "stand_in.replay.stream must be Base64.")]
    [InlineData("""{"stand_in":{"joint":"odd"}}""",
        "stand_in.joint must be one of ignore, refuse, repeat, echo, anew, think, thinking.")]
    [InlineData("""{"stand_in":{"gate":1}}""", "stand_in.gate must be a string.")]
    [InlineData("""{"stand_in":{"fault":"reset"}}""", "stand_in.fault must be an object.")]
    [InlineData("""{"stand_in":{"fault":{"kind":"reset","after":"2"}}}""", "stand_in.fault.after must be an integer of at least 0.")]
    [InlineData(
        """{"stand_in":{"fault":{"kind":"model_error","status":200}}}""", "stand_in.fault.status must be an integer from 400 to 599.")]
    public void Parse_InvalidMember_IsNamed(string body, string message)
    {
        var error = Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsRefused() =>
        Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse([.. "{\"user\":\""u8, 0xE4, 0xBD, .. "\"}"u8]));

    [Theory]
    [InlineData("""\ud83e""", "\uFFFD")]
    [InlineData("""\udd14a""", "\uFFFDa")]
    [InlineData("""\ud83e\ud83e\udd14""", "\uFFFD🤔")]
    [InlineData("""\ud83ex\udd14""", "\uFFFDx\uFFFD")]
    [InlineData("""\ud83e\udd14""", "🤔")]
    [InlineData("""\\ud83e\\\ud83e""", "\\ud83e\\\uFFFD")]
    [InlineData("""\u4f60""", "你")]
    public void Parse_UnpairedSurrogate_IsReplaced(string escaped, string text)
    {
        var request = EmulatorRequest.Parse(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"{{escaped}}"}]}"""));

        Assert.Equal([text], request.Questions);
    }

    [Fact]
    public void Parse_UnknownFault_ListsAllFaults()
    {
        var error = Assert.Throws<RefusedRequestException>(() => EmulatorRequest.Parse("""{"stand_in":{"fault":{"kind":"none"}}}"""u8));

        Assert.StartsWith(
            "stand_in.fault.kind must be one of model_error, draining, validation_error, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(", stall, model_stream_error, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"burst":"yes"}""", "{}", "stand_in.burst must be true or false.")]
    [InlineData("{}", """{"messages":[{"role":5,"content":7}]}""", "messages[0].role must be a string.")]
    public async Task Request_InvalidMember_Returns400OfTheContainer(string standIn, string members, string message)
    {
        var answer = await Reply.AskAsync(function.Client, Reply.Request(standIn, members));

        var error = new JsonObject { ["message"] = message, ["type"] = "BadRequestError", ["param"] = null, ["code"] = "model_error" };
        Assert.Equal((400, new JsonObject { ["error"] = error }.ToJsonString()), answer);
    }

    [Fact]
    public async Task Question_OfFiveMegabytes_IsQuotedInPart()
    {
        var question = new string('x', 5_000_000);

        var events = await Reply.ReadAsync(
            function.Client, Reply.Request(members: $$"""{"messages":[{"role":"user","content":"{{question}}"}]}"""));

        Assert.Equal("[DONE]", events[^1]);
        Assert.Contains($"“{question[..200]}”", Reply.Join(events).Content, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_OfTheScript_HaveAnAnswer() =>
        Assert.All(
            Script.Questions,
            question => Assert.DoesNotContain("LambdaChat.Local", Script.Answer(question).Content, StringComparison.Ordinal));

    [Fact]
    public void Question_CutInsideACharacter_DropsTheCharacter() =>
        Assert.Contains($"“{new string('x', 199)}”", Script.Answer(new string('x', 199) + "🤔🤔").Content, StringComparison.Ordinal);
}
