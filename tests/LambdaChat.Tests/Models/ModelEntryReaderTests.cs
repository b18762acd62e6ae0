using System.Text;
using LambdaChat.Configuration;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Models;

/// <summary>The fields of one entry of <c>MODELS</c>.</summary>
public sealed class ModelEntryReaderTests
{
    [Fact]
    public void Entry_EveryField_IsRead()
    {
        var model = Read(
            """
            "aliases":["r1","深度"],"default":true,"tasks":["Completions","chat"],"transport":"openai","framing":"json-lines",
            "gather":false,"finish":"done","usage":true,
            "reasoning":"both","think":"started","history":"reasoning","thinkingParagraphs":true,"stripQuotes":true,"developerRole":true,
            "maxTokens":10000000,"maxChoices":128,"contextLength":100000000
            """);

        Assert.Equal(["r1", "深度"], model.Aliases);
        Assert.Equal(ModelTasks.Chat | ModelTasks.Completions, model.Tasks);
        Assert.Equal((Transport.OpenAI, RecordFraming.JsonLines), (model.Transport, model.Framing));
        Assert.True(model is { IsDefault: true, Gather: false, MayEndWithDone: true, Usage: true });
        Assert.True(model is { StripQuotes: true, ThinkingParagraphs: true });
        Assert.Equal((ReasoningOutput.Both, ThinkMode.Started, ReasoningHistory.Reasoning), (model.Reasoning, model.Think, model.History));
        Assert.Equal((10_000_000, 128, 100_000_000), (model.MaxTokens, model.MaxChoices, model.ContextLength));
    }

    [Theory]
    [InlineData("{\"trace\":true}", true)]
    [InlineData("{\"trace\":false}", false)]
    [InlineData("{}", false)]
    public void CustomAttributes_Trace_IsRead(string json, bool expected) =>
        Assert.Equal(expected, Read($"\"customAttributes\":{json}").ForwardTrace);

    [Theory]
    [InlineData("transport", "event-stream|openai")]
    [InlineData("framing", "auto|sse|json-lines|json")]
    [InlineData("reasoning", "reasoning_content|reasoning|both|think|hidden")]
    [InlineData("think", "auto|started|off")]
    [InlineData("history", "keep|strip|reasoning_content|reasoning")]
    [InlineData("tasks", "chat|completions|embeddings|rerank|score")]
    public void Names_OfEachField_MatchTheEnumeration(string field, string names)
    {
        var values = names.Split('|')
            .Select(name => Value(Read(field == "tasks" ? $"\"tasks\":[\"{name}\"]" : $"\"{field}\":\"{name}\""), field));

        Assert.Equal(All(field), values);
    }

    [Theory]
    [InlineData("""{"a":1}""", "a=1")]
    [InlineData("""{"temperature":0.60,"top_k":-1,"seed":1e2}""", "temperature=0.60 top_k=-1 seed=1e2")]
    [InlineData("""{"a":true,"b":false,"c":null,"d":"x","e":""}""", "a=true b=false c=null d=\"x\" e=\"\"")]
    [InlineData("""{"stop":["</s>","你 \"x\""],"n":[[1,2]]}""", "stop=[\"</s>\",\"你 \\\"x\\\"\"] n=[[1,2]]")]
    [InlineData("""{"stop":["a","b","c","d","e","f","g","h","i","j","k"]}""", """stop=["a","b","c","d","e","f","g","h","i","j","k"]""")]
    [InlineData("""{"chat_template_kwargs":{"enable_thinking":false,"x":{"y":[1,{"z":null}]}}}""",
        """chat_template_kwargs={"enable_thinking":false,"x":{"y":[1,{"z":null}]}}""")]
    [InlineData("""{"a":"1 2","b":"3,4","c":" 5","d":"6 ","e":"0x7","f":"08","g":"-","h":"[9]"}""",
        """a="1 2" b="3,4" c=" 5" d="6 " e="0x7" f="08" g="-" h="[9]" """)]
    [InlineData("""{"a":[1, /* one */ 2,],}""", "a=[1,2]")]
    [InlineData("{}", "")]
    [InlineData("null", "")]
    public void Defaults_OfEveryKind_AreCompactJson(string json, string expected) =>
        Assert.Equal(expected.TrimEnd(),
            string.Join(' ', Read($"\"defaults\":{json}").Defaults.Select(pair => $"{pair.Key}={Encoding.UTF8.GetString(pair.Value)}")));

    [Theory]
    [InlineData("aliases", "\"x\"", "must be an array of strings")]
    [InlineData("aliases", "{\"x\":\"y\"}", "must be an array of strings")]
    [InlineData("aliases", "[\"\"]", "must contain strings of 1 to 128 characters without control characters")]
    [InlineData("aliases", "[\"a\",[\"b\"]]", "must contain strings of 1 to 128 characters without control characters")]
    [InlineData("aliases", "[\"a\\n\"]", "must contain strings of 1 to 128 characters without control characters")]
    [InlineData("default", "\"yes\"", "must be true or false")]
    [InlineData("default", "[true]", "must be true or false")]
    [InlineData("tasks", "[\"talk\"]", "must contain only chat, completions, embeddings, rerank, score")]
    [InlineData("tasks", "[\"None\"]", "must contain only chat, completions, embeddings, rerank, score")]
    [InlineData("tasks", "[1]", "must contain only chat, completions, embeddings, rerank, score")]
    [InlineData("tasks", "\"chat\"", "must be an array of strings")]
    [InlineData("transport", "\"http\"", "must be one of event-stream, openai")]
    [InlineData("transport", "\"OpenAI\"", "must be one of event-stream, openai")]
    [InlineData("transport", "[\"openai\"]", "must be a string")]
    [InlineData("framing", "\"lines\"", "must be one of auto, sse, json-lines, json")]
    [InlineData("gather", "0", "must be true or false")]
    [InlineData("finish", "\"none\"", "must be one of reason, done")]
    [InlineData("usage", "{\"x\":true}", "must be true or false")]
    [InlineData("reasoning", "\"none\"", "must be one of reasoning_content, reasoning, both, think, hidden")]
    [InlineData("think", "true", "must be one of auto, started, off")]
    [InlineData("history", "\"drop\"", "must be one of keep, strip, reasoning_content, reasoning")]
    [InlineData("stripQuotes", "\"on\"", "must be true or false")]
    [InlineData("thinkingParagraphs", "1", "must be true or false")]
    [InlineData("maxTokens", "0", "must be a whole number from 1 to 10000000")]
    [InlineData("maxTokens", "10000001", "must be a whole number from 1 to 10000000")]
    [InlineData("maxTokens", "[5]", "must be a whole number from 1 to 10000000")]
    [InlineData("maxChoices", "129", "must be a whole number from 1 to 128")]
    [InlineData("maxChoices", "1.5", "must be a whole number from 1 to 128")]
    [InlineData("contextLength", "\"32k\"", "must be a whole number from 1 to 100000000")]
    [InlineData("contextLength", "-1", "must be a whole number from 1 to 100000000")]
    [InlineData("defaults", "\"x\"", "must be an object")]
    [InlineData("defaults", "[1]", "must be an object")]
    [InlineData("customAttributes", "[1]", "must be an object")]
    [InlineData("customAttributes: trace", "1", "must be true or false")]
    [InlineData("customAttributes: x", "true", "is unknown; the fields are trace")]
    [InlineData("prices: input", "-1", "must be a number from 0 to 1000000")]
    [InlineData("defaults", "{\"stream\":true}", "must not contain model, messages, stream, stream_options, reasoning_output")]
    [InlineData("defaults", "{\"model\":\"x\"}", "must not contain model, messages, stream, stream_options, reasoning_output")]
    [InlineData("inferenceComponent", "{\"x\":1}", "must be a string")]
    [InlineData("inferenceComponent", "\"a b\"", "must be 1 to 63 letters, digits and inner hyphens")]
    [InlineData("variant", "[1]", "must be a string")]
    [InlineData("region", "[\"eu-west-1\"]", "must be a string")]
    [InlineData("servedName", "{\"x\":1}", "must be a string")]
    [InlineData("variant", "\"v1\",\"transport\":\"openai\"", "cannot be used with transport openai; use transport event-stream")]
    public void Field_InvalidValue_IsNamed(string field, string value, string expectation) =>
        Assert.Equal($"MODELS entry 0 (a): {field} {expectation}.",
            Assert.Throws<ConfigurationException>(() => Read(Field(field, value))).Message);

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void Field_Empty_CountsAsNotSet(string value)
    {
        string[] fields = ["inferenceComponent", "variant", "region", "servedName", "aliases", "default", "tasks", "transport", "framing",
            "gather", "finish", "usage", "reasoning", "think", "history", "thinkingParagraphs", "stripQuotes", "developerRole", "maxTokens",
                "maxChoices", "contextLength", "defaults"];

        Assert.Equivalent(Read("\"gather\":true"), Read(string.Join(',', fields.Select(field => $"\"{field}\":{value}"))), strict: true);
    }

    // "a: b" is the field b of the object a.
    private static string Field(string path, string value) =>
        path.Split(": ") is [var outer, var inner] ? $"\"{outer}\":{{\"{inner}\":{value}}}" : $"\"{path}\":{value}";

    private static Model Read(string fields)
    {
        var settings = new Dictionary<string, string?>
        {
            ["MODELS"] = $$"""[{"name":"a","endpoint":"e",{{fields}} }]""",
            ["AWS_REGION"] = "eu-west-1"
        };
        return Assert.Single(ModelCatalogReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).Models);
    }

    private static object? Value(Model model, string field) => field switch
    {
        "transport" => model.Transport,
        "framing" => model.Framing,
        "reasoning" => model.Reasoning,
        "think" => model.Think,
        "history" => model.History,
        _ => model.Tasks,
    };

    private static IEnumerable<object?> All(string field) => field switch
    {
        "transport" => Enum.GetValues<Transport>().Cast<object>(),
        "framing" => Enum.GetValues<RecordFraming>().Cast<object>(),
        "reasoning" => Enum.GetValues<ReasoningOutput>().Cast<object>(),
        "think" => Enum.GetValues<ThinkMode>().Cast<object>(),
        "history" => Enum.GetValues<ReasoningHistory>().Cast<object>(),
        _ => Enum.GetValues<ModelTasks>().Skip(1).Cast<object>(),
    };
}
