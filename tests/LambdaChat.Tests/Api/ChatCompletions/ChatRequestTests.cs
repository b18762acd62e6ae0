using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class ChatRequestTests
{
    private const string Messages = """ "messages":[{"role":"user","content":"hi"}] """;

    [Fact]
    public void Request_WithoutOptions_HasTheDefaults()
    {
        var request = Read($"{{{Messages}}}");

        Assert.False(request.IsStreamed);
        Assert.False(request.IncludesUsage);
        Assert.Equal(1, request.Choices);
        Assert.Null(request.Reasoning);
        Assert.False(request.TurnsThinkingOff);
    }

    [Theory]
    [InlineData("""{}""", "Missing required parameter: 'messages'. Expected an array of at least one message.")]
    [InlineData("""{"messages":null}""", "Invalid type for 'messages': expected an array of objects, but got null instead.")]
    [InlineData("""{"messages":"hi"}""", "Invalid type for 'messages': expected an array of objects, but got a string instead.")]
    [InlineData("""{"messages":{}}""", "Invalid type for 'messages': expected an array of objects, but got an object instead.")]
    [InlineData("""{"messages":[]}""",
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")]
    [InlineData("""{"messages":["hi"]}""", "Invalid type for 'messages[0]': expected an object, but got a string instead.")]
    [InlineData("""{"messages":[{"role":"user"},null]}""", "Invalid type for 'messages[1]': expected an object, but got null instead.")]
    [InlineData("""{"messages":[[{}]]}""", "Invalid type for 'messages[0]': expected an object, but got an array instead.")]
    [InlineData("""{"messages":[{}],"stream":"yes"}""", "Invalid type for 'stream': expected a boolean, but got a string instead.")]
    [InlineData("""{"messages":[{}],"store":"yes"}""", "Invalid type for 'store': expected a boolean, but got a string instead.")]
    [InlineData("""{"messages":[{}],"stream_options":true}""", "Invalid type for 'stream_options': expected an object, but got a boolean instead.")]
    [InlineData("""{"messages":[{}],"n":0}""", "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("""{"messages":[{}],"n":129}""", "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.")]
    [InlineData("""{"messages":[{}],"reasoning_output":1}""", "Invalid type for 'reasoning_output': expected a string, but got an integer instead.")]
    [InlineData("""{"messages":[{}],"reasoning_output":"none"}""",
        "Invalid value: 'none'. Supported values are: 'reasoning_content', 'reasoning', 'both', 'think', and 'hidden'.")]
    public void Request_WithAFault_NamesTheMemberAndWhatItMustBe(string body, string message)
    {
        var error = Assert.Throws<ErrorResponseException>(() => Read(body)).Error;

        Assert.Equal((400, message), (error.Status, error.Message));
        Assert.Equal(message.StartsWith("Invalid value", StringComparison.Ordinal) ? "reasoning_output" : message.Split('\'')[1], error.Param);
    }

    [Fact]
    public void Request_OfAnyDepthThatABodyMayHave_IsTaken()
    {
        var arrays = new string('[', 125) + new string(']', 125);

        Read($$"""{"messages":[{"x":{{arrays}} }],"chat_template_kwargs":{"x":{{arrays}} },"stream_options":{"x":{{arrays}} } }""");
    }

    [Theory]
    [InlineData("reasoning_content", nameof(ReasoningOutput.ReasoningContent))]
    [InlineData("reasoning", nameof(ReasoningOutput.Reasoning))]
    [InlineData("both", nameof(ReasoningOutput.Both))]
    [InlineData("think", nameof(ReasoningOutput.Think))]
    [InlineData("hidden", nameof(ReasoningOutput.Hidden))]
    public void Reasoning_EachName_IsItsOutput(string name, string expected)
    {
        Assert.Equal(expected, Read($$"""{{{Messages}},"reasoning_output":"{{name}}"}""").Reasoning.ToString());
        Assert.Equal(expected, ChatRequest.ReadReasoning(name).ToString());
    }

    /// <summary>A client may send the form of the Responses API with all of its requests.</summary>
    [Theory]
    [InlineData("reasoning_summary")]
    [InlineData("reasoning_text")]
    public void Reasoning_OfTheResponsesApi_IsTheDefault(string name)
    {
        Assert.Null(Read($$"""{{{Messages}},"reasoning_output":"{{name}}"}""").Reasoning);
        Assert.Null(ChatRequest.ReadReasoning(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Think")]
    [InlineData("think,hidden")]
    public void ReadReasoning_AnyOtherName_IsRefused(string name) =>
        Assert.Equal(
            $"Invalid value: '{name}'. Supported values are: 'reasoning_content', 'reasoning', 'both', 'think', and 'hidden'.",
            Assert.Throws<ErrorResponseException>(() => ChatRequest.ReadReasoning(name)).Error.Message);

    [Theory]
    [InlineData("""{"include_usage":true}""", true)]
    [InlineData("""{"x":{"include_usage":true}}""", false)]
    [InlineData("""{"x":[1,{"y":2}],"include\u005fusage":true}""", true)]
    [InlineData("""{"include_usage":false}""", false)]
    [InlineData("""{"include_usage":"true"}""", false)]
    [InlineData("""{"include_usage":null}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("null", false)]
    public void IncludesUsage_OnlyWhereItIsTrue(string options, bool expected) =>
        Assert.Equal(expected, Read($$"""{{{Messages}},"stream":true,"stream_options":{{options}}}""").IncludesUsage);

    [Theory]
    [InlineData("""{"enable_thinking":false}""", true)]
    [InlineData("""{"thinking":false}""", true)]
    [InlineData("""{"enable_thinking":true,"thinking":false}""", true)]
    [InlineData("""{"enable_thinking":true,"thinking":true}""", false)]
    [InlineData("""{"enable_thinking":null}""", false)]
    [InlineData("""{"enable_thinking":0}""", false)]
    [InlineData("""{"x":{"thinking":false}}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("null", false)]
    [InlineData("[]", false)]
    public void TurnsThinkingOff_OnlyWhereAnArgumentIsFalse(string arguments, bool expected) =>
        Assert.Equal(expected, Read($$"""{{{Messages}},"chat_template_kwargs":{{arguments}}}""").TurnsThinkingOff);

    [Fact]
    public void Request_WithAllOptions_IsAccepted()
    {
        var request = Read($$$"""{"stream":true,"n":128,{{{Messages}}},"stream_options":{"include_usage":true}}""");

        Assert.True(request is { IsStreamed: true, IncludesUsage: true, Choices: 128 });
    }

    [Theory]
    [InlineData("""{"role":"user","content":"<think>hi"}""", "", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"The sky"}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"<think>\nwhy\n</think>\n\nThe sky"}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"<think>why<\/think>The sky"}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"<think>why</think>"}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":" \n<think>\nwhy"}""", "", "Started", "Started", "Off")]
    [InlineData("""{"role":"assistant","content":"<think>why"}""", ""","continue_final_message":true,"add_generation_prompt":false""",
        "Started", "Started", "Off")]
    [InlineData("""{"role":"assistant","content":"<think>why"}""", ""","continue_final_message":false""", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"The sky"}""", ""","add_generation_prompt":true""", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":" \n"}""", "", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":null,"reasoning_content":"why"}""", "", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":[{"type":"text","text":"The sky"}]}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":[{"type":"text","text":"<think>"},{"type":"text","text":"why"},{"x":1},3]}""", "",
        "Started", "Started", "Off")]
    [InlineData("""{"role":"assistant","content":[]}""", "", "Started", "Auto", "Off")]
    [InlineData("""{"role":"assistant","content":"\u003cthink\u003ewhy"}""", "", "Started", "Started", "Off")]
    [InlineData("""{"role":"assistant","content":"\u003cthink\u003ewhy\u003c/think\u003e"}""", "", "Auto", "Auto", "Off")]
    [InlineData("""{"role":"user","content":"hi"}""", ""","chat_template_kwargs":{"enable_thinking":false}""", "Auto", "Auto", "Off")]
    public void StartOfThinking_LastMessage_Decides(string last, string fields, string started, string auto, string off)
    {
        var request = Read($$"""{"messages":[{"role":"assistant","content":"<think>no"},{{last}}]{{fields}}}""");

        Assert.Equal(
            (started, auto, off),
            (request.StartOfThinking(ThinkMode.Started).ToString(), request.StartOfThinking(ThinkMode.Auto).ToString(),
                request.StartOfThinking(ThinkMode.Off).ToString()));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","stop":null,"logprobs":false,"prompt_logprobs":null""", false)]
    [InlineData(""","stop":["x"]""", true)]
    [InlineData(""","logprobs":true""", true)]
    [InlineData(""","prompt_logprobs":0""", true)]
    public void NeedsNonStreamingCall_FieldThatStreamsLack_IsTrue(string fields, bool expected) =>
        Assert.Equal(expected, Read($"{{{Messages}{fields}}}").NeedsNonStreamingCall);

    private static ChatRequest Read(string body) => new(RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!);
}
