using System.Text;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.Requests;

public sealed class UpstreamRequestTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")],
        "deepseek-ai/\"R1\"");

    [Theory]
    [InlineData("""{"model":"r1",M}""", """{"model":"deepseek-ai/\"R1\"",M}""")]
    [InlineData("""{ M , "model" : null }""", """{M, "model" : "deepseek-ai/\"R1\"" }""")]
    [InlineData("""{M}""", """{"model":"deepseek-ai/\"R1\"",M}""")]
    public void Model_AnyOfTheClient_BecomesTheServedName(string body, string expected)
    {
        Assert.Equal(MessagesFirst(expected), OfChat(body, Plain));
        Assert.Equal(MessagesFirst(expected), OfTask(body, Plain));
    }

    [Fact]
    public void Model_WithoutServedName_IsEmpty() =>
        Assert.Equal(MessagesFirst("""{"model":"",M}"""), OfChat("""{"model":"r1",M}""", Plain with { ServedName = "" }));

    [Theory]
    // The same as the client's: nothing changes.
    [InlineData("""{"model":"",M,"stream":true}""", true, false, """{"model":"",M,"stream":true}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":{"include_usage":true,"x":1}}""", true, true,
        """{"model":"",M,"stream":true,"stream_options":{"include_usage":true,"x":1}}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":{"include_usage":false}}""", true, false,
        """{"model":"",M,"stream":true,"stream_options":{"include_usage":false}}""")]
    [InlineData("""{"model":"",M}""", false, false, """{"model":"",M}""")]
    [InlineData("""{"model":"",M,"stream":false}""", false, true, """{"model":"",M,"stream":false}""")]
    // The usage is wanted.
    [InlineData("""{"model":"",M,"stream":true}""", true, true, """{"stream_options":{"include_usage":true},"model":"",M,"stream":true}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":null}""", true, true,
        """{"model":"",M,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":{"include_usage":false}}""", true, true,
        """{"model":"",M,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":{"continuous_usage_stats":true}}""", true, true,
        """{"model":"",M,"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}""")]
    [InlineData("""{"model":"",M,"stream":true,"stream_options":{ "x":[1], "include_usage":null }}""", true, true,
        """{"model":"",M,"stream":true,"stream_options":{ "x":[1], "include_usage":true }}""")]
    // Non-streaming for the client, a stream from the model.
    [InlineData("""{"model":"",M}""", true, true, """{"stream":true,"stream_options":{"include_usage":true},"model":"",M}""")]
    [InlineData("""{"model":"",M,"stream":false}""", true, true,
        """{"stream_options":{"include_usage":true},"model":"",M,"stream":true}""")]
    [InlineData("""{"model":"",M,"stream":null}""", true, true, """{"stream_options":{"include_usage":true},"model":"",M,"stream":true}""")]
    // Non-streaming from the model: "Only set this when you set stream: true."
    [InlineData("""{"stream_options":{"include_usage":true},"model":"",M}""", false, true, """{"model":"",M}""")]
    [InlineData("""{"model":"",M,"stream_options":{}}""", false, true, """{"model":"",M}""")]
    public void Stream_EachCombination_IsAskedForAsItIsRead(string body, bool isStreamed, bool wantsUsage, string expected) =>
        Assert.Equal(MessagesFirst(expected), OfChat(body, Plain with { ServedName = "" }, isStreamed, wantsUsage));

    [Theory]
    [InlineData("""{"reasoning_output":"hidden","model":"",M}""")]
    [InlineData("""{"model":"","reasoning_output":"hidden",M}""")]
    [InlineData("""{"model":"",M,"reasoning_output":null}""")]
    [InlineData("""{"model":"",M}""")]
    public void ReasoningOutput_NeverReachesTheModel(string body)
    {
        var model = Plain with { ServedName = "" };

        Assert.Equal(MessagesFirst("""{"model":"",M}"""), OfChat(body, model));
        Assert.Equal(MessagesFirst("""{"model":"",M}"""),
            OfChat(body, model with { Defaults = [Default("reasoning_output", "\"think\"")] }));
    }

    [Theory]
    [InlineData("""{"model":"",M}""", """{"temperature":0.6,"stop":["a"],"model":"",M}""")]
    [InlineData("""{"model":"",M,"temperature":1.0}""", """{"stop":["a"],"model":"",M,"temperature":1.0}""")]
    [InlineData("""{"model":"",M,"temperature":0,"stop":[]}""", """{"model":"",M,"temperature":0,"stop":[]}""")]
    [InlineData("""{"model":"",M,"temperature":null,"stop":null}""", """{"model":"",M,"temperature":0.6,"stop":["a"]}""")]
    public void Defaults_AreSetOnlyWhereTheClientSaysNothing(string body, string expected)
    {
        var model = Plain with { ServedName = "", Defaults = [Default("temperature", "0.6"), Default("stop", """["a"]""")] };

        Assert.Equal(MessagesFirst(expected), OfChat(body, model));
        Assert.Equal(MessagesFirst(expected), OfTask(body, model));
    }

    [Theory]
    [InlineData("", "max_tokens=100")]
    [InlineData("max_tokens=null", "max_tokens=100")]
    [InlineData("max_tokens=99", "max_tokens=99")]
    [InlineData("max_tokens=100", "max_tokens=100")]
    [InlineData("max_tokens=101", "max_tokens=100")]
    [InlineData("max_tokens=9223372036854775807", "max_tokens=100")]
    [InlineData("max_completion_tokens=99", "max_completion_tokens=99")]
    [InlineData("max_completion_tokens=101", "max_completion_tokens=100")]
    [InlineData("max_completion_tokens=101 max_tokens=102", "max_completion_tokens=100 max_tokens=100")]
    [InlineData("max_completion_tokens=null max_tokens=9", "max_completion_tokens=null max_tokens=9")]
    [InlineData("max_tokens=9 min_tokens=5", "max_tokens=9 min_tokens=5")]
    [InlineData("max_tokens=9 min_tokens=500", "max_tokens=9 min_tokens=100")]
    [InlineData("max_tokens=9 ignore_eos=true", "max_tokens=9 ignore_eos=false")]
    [InlineData("max_tokens=9 ignore_eos=false", "max_tokens=9 ignore_eos=false")]
    [InlineData("max_tokens=1 n_predict=101", "max_tokens=1 n_predict=100")]
    [InlineData("max_tokens=1 max_new_tokens=101", "max_tokens=1 max_new_tokens=100")]
    [InlineData("n_predict=9", "max_tokens=100 n_predict=9")] // Most servers ignore it.
    [InlineData("max_tokens=9 n_predict=-1", "max_tokens=9 n_predict=100")] // llama.cpp's default: no limit.
    [InlineData("n_predict=-2", "max_tokens=100 n_predict=100")]
    [InlineData("max_tokens=9 max_new_tokens=0", "max_tokens=9 max_new_tokens=100")]
    public void MaxTokens_TheSmallerWins(string members, string expected)
    {
        Assert.Equal(expected, Capped(members, Plain with { MaxTokens = 100 }));
        Assert.Equal(expected, Capped(members, Plain with { MaxTokens = 100, Tasks = ModelTasks.Completions }));
        Assert.Equal(members, Capped(members, Plain));
    }

    [Theory]
    [InlineData("max_tokens=50.0 seed=5.0 top_k=-1.0 top_logprobs=1E-999", "max_tokens=50 seed=5 top_k=-1 top_logprobs=1E-999")]
    [InlineData("max_tokens=5e1 n=2.0 seed=1.5 top_logprobs=2e0", "max_tokens=50 n=2 seed=1.5 top_logprobs=2")]
    [InlineData("max_completion_tokens=5.0E1 min_tokens=1.0 best_of=1e0", "max_completion_tokens=50 min_tokens=1 best_of=1")]
    public void Integers_InAnotherNotation_AreSentPlainWithAndWithoutCaps(string members, string expected)
    {
        Assert.Equal(expected, Capped(members, Plain with { MaxTokens = 100, MaxChoices = 2 }));
        Assert.Equal(expected, Capped(members, Plain));
    }

    [Theory]
    [InlineData("max_tokens=1.5")]
    [InlineData("max_tokens=-1 n=0 n_predict=-1")]
    [InlineData("max_tokens=\"many\"")]
    public void Integers_WithoutCap_AreForwarded(string members) => Assert.Equal(members, Capped(members, Plain));

    [Fact]
    public void MaxTokens_InAnotherNotation_IsCapped() =>
        Assert.Equal("max_completion_tokens=100 max_tokens=9",
            Capped("max_completion_tokens=1e3 max_tokens=9", Plain with { MaxTokens = 100 }));

    [Theory]
    [InlineData("", "max_tokens=50")]
    [InlineData("max_tokens=null", "max_tokens=50")]
    [InlineData("max_tokens=101", "max_tokens=100")]
    [InlineData("max_tokens=70", "max_tokens=70")]
    [InlineData("max_completion_tokens=70", "max_completion_tokens=70")]
    [InlineData("n_predict=70", "max_tokens=50 n_predict=70")]
    public void MaxTokens_WithADefault_CapsTheClientsOnly(string members, string expected) =>
        Assert.Equal(expected, Capped(members, Plain with { MaxTokens = 100, Defaults = [Default("max_tokens", "50")] }));

    [Fact]
    public void MaxTokens_BelowTheDefault_Wins() =>
        Assert.Equal("max_completion_tokens=100",
            Capped("", Plain with { MaxTokens = 100, Defaults = [Default("max_completion_tokens", "500")] }));

    [Fact]
    public void MaxTokens_OfAModelThatWritesNoText_IsNotSent() =>
        Assert.Equal("", Capped("", Plain with { MaxTokens = 100, Tasks = ModelTasks.Embeddings }));

    [Theory]
    [InlineData("", "")]
    [InlineData("n=2 best_of=3", "n=2 best_of=2")]
    [InlineData("n=4", "n=2")]
    [InlineData("n=1 n_cmpl=3", "n=1 n_cmpl=2")]
    [InlineData("n=null best_of=null", "n=null best_of=null")]
    [InlineData("n=2 n_cmpl=0", "n=2 n_cmpl=1")]
    public void MaxChoices_TheSmallerWins(string members, string expected)
    {
        Assert.Equal(expected, Capped(members, Plain with { MaxChoices = 2 }));
        Assert.Equal(members, Capped(members, Plain));
    }

    [Theory]
    [InlineData("max_tokens", "0", "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("max_completion_tokens", "\"9\"",
        "Invalid type for 'max_completion_tokens': expected an integer, but got a string instead.")]
    [InlineData("min_tokens", "-1", "Invalid 'min_tokens': integer below minimum value. Expected a value >= 0, but got -1 instead.")]
    [InlineData("ignore_eos", "1", "Invalid type for 'ignore_eos': expected a boolean, but got an integer instead.")]
    [InlineData("best_of", "1.5", "Invalid type for 'best_of': expected an integer, but got a decimal number instead.")]
    public void Caps_MemberThatIsNoNumber_IsRefused(string name, string value, string message) => Assert.Equal(
        message,
        Assert.Throws<ErrorResponseException>(() => Capped($"{name}={value}", Plain with { MaxTokens = 100, MaxChoices = 2 })).Message);

    [Theory]
    [InlineData(
        """ "tools" : [ { "type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"model":{"type":"string"}}}} } ],"tool_choice":"auto" """)]
    [InlineData(""" "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"stream":1}}} """)]
    [InlineData(""" "guided_json":{"a":1},"guided_regex":"\\d+","guided_choice":["a","b"] """)]
    [InlineData(""" "logprobs":true , "top_logprobs": 5, "temperature": 0.60, "seed": 12345678901234567890, "user":"\u4f60\/" """)]
    [InlineData(
        """ "messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}] """)]
    public void Members_ThatTheRelayDoesNotActOn_PassByteForByte(string members)
    {
        var messages = members.Contains("messages", StringComparison.Ordinal) ? "" : $",{Messages}";
        var body = $$"""{ "model":"",{{members}}{{messages}} }""";
        var (sent, received) = (Parse(body), Parse(OfChat(body, Plain with { MaxChoices = 1, ServedName = "" })));

        Assert.Equal(sent.Names.Order(StringComparer.Ordinal), received.Names.Order(StringComparer.Ordinal));
        Assert.All(sent.Names, name => Assert.Equal(
            Encoding.UTF8.GetString(sent.Value(sent.Find(name)!.Value)),
            Encoding.UTF8.GetString(received.Value(received.Find(name)!.Value))));
    }

    [Theory]
    [InlineData("""{"model":"","stream":true,"tools":[1],"seed":1,M}""", """{M,"tools":[1],"model":"","stream":true,"seed":1}""")]
    [InlineData("""{"tools":[1],M}""", """{M,"tools":[1],"model":""}""")]
    [InlineData("""{"tools":null,M}""", """{M,"model":"","tools":null}""")]
    [InlineData("""{"model":"","prompt":[ 1 ],"tools":[ 2 ]}""", """{"prompt":[ 1 ],"tools":[ 2 ],"model":""}""")]
    [InlineData("""{"input":"x"}""", """{"model":"","input":"x"}""")]
    public void Prompt_AtAnyPlace_BecomesTheStartOfTheBody(string body, string expected) =>
        Assert.Equal(WithMessages(expected), OfTask(body, Plain with { ServedName = "" }));

    [Fact]
    public void Prompt_AmongDefaults_IsTheStartOfTheBody() => Assert.Equal(
        WithMessages("""{M,"tools":[1],"a":2,"model":"","n":1}"""),
        OfChat("""{"model":"","n":1,M}""", Plain with { ServedName = "", Defaults = [Default("a", "2"), Default("tools", "[1]")] }));

    private static string WithMessages(string body) => body.Replace("M", Messages, StringComparison.Ordinal);

    private static string MessagesFirst(string body) =>
        WithMessages(body.StartsWith("{M", StringComparison.Ordinal)
            ? body
            : "{M," + body.Replace(",M", "", StringComparison.Ordinal)[1..]);

    private static KeyValuePair<string, byte[]> Default(string name, string json) =>
        KeyValuePair.Create(name, Encoding.UTF8.GetBytes(json));

    /// <summary>The upstream members for client members like <c>n=2</c>, without the model's name.</summary>
    private static string Capped(string members, Model model)
    {
        var body = string.Concat(members.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(member => $",\"{member.Replace("=", "\":", StringComparison.Ordinal)}"));
        var edited = RequestJson.TryParse(Encoding.UTF8.GetBytes(OfTask($$"""{"model":""{{body}}}""", model)))!;
        return string.Join(' ', edited.Names.Zip(edited.Members).Where(member => member.First != "model")
            .Select(member => $"{member.First}={Encoding.UTF8.GetString(edited.Value(member.Second))}"));
    }

    private static string OfChat(string body, Model model, bool? isStreamed = null, bool wantsUsage = false)
    {
        var request = new ChatRequest(Parse(WithMessages(body)));
        return Join(UpstreamChatRequest.Create(request, model, isStreamed ?? request.IsStreamed, wantsUsage));
    }

    private static string OfTask(string body, Model model) => Join(UpstreamRequest.Create(Parse(WithMessages(body)), model, model.Tasks));

    private static RequestJson Parse(string body) => RequestJson.TryParse(Encoding.UTF8.GetBytes(body))!;

    private static string Join(IReadOnlyList<ReadOnlyMemory<byte>> pieces) =>
        Encoding.UTF8.GetString([.. pieces.SelectMany(piece => piece.ToArray())]);
}
