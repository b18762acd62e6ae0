using System.Text.Json;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>The members of a body that the model server gets, besides the messages.</summary>
internal static class ReceivedMembers
{
    private static readonly string[] Numbers =
    [
        "temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty", "seed", "max_tokens", "max_completion_tokens", "n",
        "top_logprobs", "budget",
    ];

    /// <summary>Checks a member, and adds what it says.</summary>
    public static void Add(JsonProperty member, JsonElement body, Meaning meaning)
    {
        var value = member.Value;
        switch (member.Name)
        {
            case "model":
                Assert.Equal("m", ReceivedBody.TextOf(value));
                break;
            case "stream":
                Assert.True(value.ValueKind is JsonValueKind.True or JsonValueKind.False);
                break;
            case "stream_options":
                Assert.True(body.GetProperty("stream").GetBoolean(), "There are options of a stream without a stream.");
                Assert.Equal(JsonValueKind.Object, value.ValueKind);
                break;
            case "tools":
                AddTools(value, meaning);
                break;
            case "tool_choice":
                AddChoice(value, body, meaning);
                break;
            case "store":
                Assert.Equal(JsonValueKind.False, value.ValueKind);
                break;
            case "parallel_tool_calls" or "logprobs" or "continue_final_message" or "add_generation_prompt":
                Assert.True(value.ValueKind is JsonValueKind.True or JsonValueKind.False, $"{member.Name} is {value.ValueKind}.");
                meaning.Set(member.Name, value.GetRawText());
                break;
            case "reasoning_effort":
                ReceivedBody.TextOf(value);
                meaning.Set(member.Name, value.GetRawText());
                break;
            case "stop":
                AddStop(value, meaning);
                break;
            case "response_format":
                AddFormat(value, meaning);
                break;
            case "chat_template_kwargs":
                Assert.Equal(JsonValueKind.Object, value.ValueKind);
                break;
            default:
                Assert.True(Numbers.Contains(member.Name), $"The member {member.Name} is unknown.");
                Assert.True(value.ValueKind == JsonValueKind.Number, $"{member.Name} is {value.ValueKind}.");
                meaning.Set(member.Name == "max_completion_tokens" ? "max_tokens" : member.Name, value.GetRawText());
                break;
        }
    }

    private static void AddStop(JsonElement value, Meaning meaning)
    {
        var isText = value.ValueKind == JsonValueKind.String;
        Assert.All<JsonElement>(isText ? [value] : [.. value.EnumerateArray()], static text => ReceivedBody.TextOf(text));
        meaning.Set("stop", isText ? $"[{value.GetRawText()}]" : value.GetRawText());
    }

    private static void AddTools(JsonElement tools, Meaning meaning)
    {
        Assert.NotEqual(0, tools.GetArrayLength());
        foreach (var tool in tools.EnumerateArray())
        {
            Assert.Equal(["function", "type"], tool.EnumerateObject().Select(static member => member.Name).Order());
            Assert.Equal("function", ReceivedBody.TextOf(tool.GetProperty("type")));
            var function = tool.GetProperty("function");
            var names = function.EnumerateObject().Select(static member => member.Name);
            Assert.Subset(new HashSet<string> { "name", "description", "parameters", "strict" }, names.ToHashSet());
            var parameters = function.TryGetProperty("parameters", out var schema) ? schema : default;
            Assert.True(parameters.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined, $"A schema is {parameters.ValueKind}.");
            var name = ReceivedBody.TextOf(function.GetProperty("name"));
            Assert.NotEqual("", name);
            meaning.AddTool(
                name, function.TryGetProperty("description", out var text) ? ReceivedBody.TextOf(text) : "",
                parameters.ValueKind == JsonValueKind.Undefined ? "null" : parameters.GetRawText(),
                function.TryGetProperty("strict", out var flag) && flag.GetBoolean());
        }
    }

    // vLLM refuses a choice without tools, and one of a tool that the request does not have.
    private static void AddChoice(JsonElement choice, JsonElement body, Meaning meaning)
    {
        Assert.True(body.TryGetProperty("tools", out var tools), "There is a choice of tools without tools.");
        if (choice.ValueKind == JsonValueKind.String)
        {
            Assert.Contains(choice.GetString(), (string[])["auto", "none", "required"]);
            meaning.Set("tool_choice", choice.GetRawText());
            return;
        }

        Assert.Equal(["function", "type"], choice.EnumerateObject().Select(static member => member.Name).Order());
        var name = choice.GetProperty("function").GetProperty("name").GetString();
        Assert.Contains(name, tools.EnumerateArray().Select(static tool => tool.GetProperty("function").GetProperty("name").GetString()));
        meaning.Set("tool_choice", JsonSerializer.Serialize(name));
    }

    private static void AddFormat(JsonElement format, Meaning meaning)
    {
        var type = ReceivedBody.TextOf(format.GetProperty("type"));
        Assert.Contains(type, (string[])["text", "json_object", "json_schema"]);
        if (type == "json_schema")
        {
            var schema = format.GetProperty("json_schema");
            Assert.Equal(JsonValueKind.Object, schema.GetProperty("schema").ValueKind);
            ReceivedBody.TextOf(schema.GetProperty("name"));
        }

        meaning.Set("response_format", format.GetRawText());
    }
}
