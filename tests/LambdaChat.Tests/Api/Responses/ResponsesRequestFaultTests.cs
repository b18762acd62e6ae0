using LambdaChat.Http;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Requests of the Responses API that are refused, each in the words of OpenAI's API.</summary>
public sealed class ResponsesRequestFaultTests
{
    [Theory]
    [InlineData("{}", "input",
        "Missing required parameter: 'input'. Expected a string or an array of input items.")]
    [InlineData("""{"input":5}""", "input",
        "Invalid type for 'input': expected one of a string or array of input items, but got an integer instead.")]
    [InlineData("""{"input":[]}""", "input",
        "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.")]
    [InlineData("""{"input":["x"]}""", "input[0]",
        "Invalid type for 'input[0]': expected an object, but got a string instead.")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content",
        "Missing required parameter: 'input[0].content'. Expected a string or an array of objects.")]
    [InlineData("""{"input":[{"role":"robot","content":"x"}]}""", "input[0].role",
        "Invalid value: 'robot'. Supported values are: 'user', 'assistant', 'system', and 'developer'.")]
    [InlineData("""{"input":[{"content":"x"}]}""", "input[0].type",
        "Missing required parameter: 'input[0].type'. Expected a string such as 'message'.")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text"}]}]}""", "input[0].content[0].text",
        "Missing required parameter: 'input[0].content[0].text'. Expected a string.")]
    [InlineData("""{"input":[{"role":"user","content":[{"text":"x"}]}]}""", "input[0].content[0].type",
        "Missing required parameter: 'input[0].content[0].type'. Expected one of 'input_image', 'input_text', 'output_text', or 'refusal'.")]
    [InlineData("""{"input":[{"role":"developer","content":[{"type":"input_image","image_url":"u"}]}]}""", "input[0].content[0].type",
        "Invalid value: 'input_image'. Supported values are: 'input_text', 'output_text', and 'refusal'. Images are supported in user messages and in outputs of tools.")]
    [InlineData("""{"input":[{"type":"shell_call","action":{}}]}""", "input[0].call_id",
        "Missing required parameter: 'input[0].call_id'. Expected a string.")]
    [InlineData("""{"input":[{"type":"shell_call","call_id":"c","action":"ls"}]}""", "input[0].action",
        "Invalid type for 'input[0].action': expected an object, but got a string instead.")]
    [InlineData("""{"input":"x","tool_choice":{"name":"f"}}""", "tool_choice.type",
        "Missing required parameter: 'tool_choice.type'. Expected one of 'function', 'custom', or 'allowed_tools'.")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_id":"x"}]}]}""", "input[0].content[0].type",
        "Invalid value: 'input_file'. Supported values are: 'input_image', 'input_text', 'output_text', and 'refusal'. Files are not supported: send their text as input_text.")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"x"}]}]}""", "input[0].content[0].image_url",
        "Missing required parameter: 'input[0].content[0].image_url'. Expected an https or data URL: ids of files are not supported.")]
    [InlineData("""{"input":[{"type":"function_call","name":"f","arguments":"{}"}]}""", "input[0].call_id",
        "Missing required parameter: 'input[0].call_id'. Expected a string.")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":{}}]}""", "input[0].arguments",
        "Invalid type for 'input[0].arguments': expected a string, but got an object instead.")]
    [InlineData("""{"input":[{"type":"function_call_output","call_id":"c"}]}""", "input[0].output",
        "Missing required parameter: 'input[0].output'. Expected a string or an array of objects.")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"}]}""", "input[0]",
        "Item with id 'msg_1' not found. Set `store` to false and send the item itself.")]
    [InlineData("""{"input":"x","instructions":5}""", "instructions",
        "Invalid type for 'instructions': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","tools":{}}""", "tools",
        "Invalid type for 'tools': expected an array of objects, but got an object instead.")]
    [InlineData("""{"input":"x","tools":[{"type":"function"}]}""", "tools[0].name",
        "Missing required parameter: 'tools[0].name'. Expected a string.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f"},{"type":"custom","name":"f"}]}""", "tools[1].name",
        "Invalid 'tools[1].name': another tool has the same name.")]
    [InlineData("""{"input":"x","tool_choice":"some"}""", "tool_choice",
        "Invalid value: 'some'. Supported values are: 'none', 'auto', and 'required'.")]
    [InlineData("""{"input":"x","tool_choice":"required","tools":[{"type":"web_search"}]}""", "tool_choice",
        "Invalid 'tool_choice': a call is required, but the request has no tool that the client runs.")]
    [InlineData("""{"input":"x","tools":[{"type":"shell"}]}""", "tools[0].type",
        "Invalid value: 'shell'. Supported values are: 'function', 'custom', 'namespace', and 'tool_search'. Define a function for a tool that runs on the client.")]
    [InlineData("""{"input":"x","tools":[{"type":"web_search"},{"type":"shell","environment":{"type":"local"}},{"type":"apply_patch"}]}""", "tools[1].type",
        "Invalid value: 'shell'. Supported values are: 'function', 'custom', 'namespace', and 'tool_search'. Define a function for a tool that runs on the client.")]
    [InlineData("""{"input":"x","tools":[{"type":"apply_patch"}]}""", "tools[0].type",
        "Invalid value: 'apply_patch'. Supported values are: 'function', 'custom', 'namespace', and 'tool_search'. Define a function for a tool that runs on the client.")]
    [InlineData("""{"input":"x","tools":[{"type":"local_shell"}],"tool_choice":"auto"}""", "tools[0].type",
        "Invalid value: 'local_shell'. Supported values are: 'function', 'custom', 'namespace', and 'tool_search'. Define a function for a tool that runs on the client.")]
    [InlineData("""{"input":"x","tools":[{"type":"computer_use_preview","display_width":1024}]}""", "tools[0].type",
        "Invalid value: 'computer_use_preview'. Supported values are: 'function', 'custom', 'namespace', and 'tool_search'. Define a function for a tool that runs on the client.")]
    [InlineData("""{"input":"x","tool_choice":{"type":"web_search"}}""", "tool_choice.type",
        "Invalid value: 'web_search'. Supported values are: 'function', 'custom', and 'allowed_tools'. Tools that run on OpenAI's servers are not supported.")]
    [InlineData("""{"input":"x","tool_choice":{"type":"function","name":"f"}}""", "tool_choice.name",
        "Invalid 'tool_choice.name': the request has no tool with this name.")]
    [InlineData("""{"input":"x","text":{"format":{"type":"xml"}}}""", "text.format.type",
        "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.")]
    [InlineData("""{"input":"x","text":{"format":{"type":"json_schema","name":"n"}}}""", "text.format.schema",
        "Missing required parameter: 'text.format.schema'. Expected an object.")]
    [InlineData("""{"input":"x","max_output_tokens":0}""", "max_output_tokens",
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.")]
    [InlineData("""{"input":"x","top_logprobs":21}""", "top_logprobs",
        "Invalid 'top_logprobs': integer above maximum value. Expected a value <= 20, but got 21 instead.")]
    [InlineData("""{"input":"x","temperature":"hot"}""", "temperature",
        "Invalid type for 'temperature': expected a decimal, but got a string instead.")]
    [InlineData("""{"input":"x","stream":"yes"}""", "stream",
        "Invalid type for 'stream': expected a boolean, but got a string instead.")]
    [InlineData("""{"input":"x","reasoning":{"effort":1}}""", "reasoning.effort",
        "Invalid type for 'reasoning.effort': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","include":[1]}""", "include[0]",
        "Invalid type for 'include[0]': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","metadata":[]}""", "metadata",
        "Invalid type for 'metadata': expected an object, but got an array instead.")]
    [InlineData("""{"input":"x","metadata":{"a":"b","c":1}}""", "metadata.c",
        "Invalid type for 'metadata.c': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","truncation":5}""", "truncation",
        "Invalid type for 'truncation': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","service_tier":[]}""", "service_tier",
        "Invalid type for 'service_tier': expected a string, but got an array instead.")]
    [InlineData("""{"input":"x","prompt_cache_key":5}""", "prompt_cache_key",
        "Invalid type for 'prompt_cache_key': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","prompt_cache_retention":{}}""", "prompt_cache_retention",
        "Invalid type for 'prompt_cache_retention': expected a string, but got an object instead.")]
    [InlineData("""{"input":"x","safety_identifier":true}""", "safety_identifier",
        "Invalid type for 'safety_identifier': expected a string, but got a boolean instead.")]
    [InlineData("""{"input":"x","user":5}""", "user",
        "Invalid type for 'user': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","max_tool_calls":"2"}""", "max_tool_calls",
        "Invalid type for 'max_tool_calls': expected an integer, but got a string instead.")]
    [InlineData("""{"input":"x","parallel_tool_calls":1}""", "parallel_tool_calls",
        "Invalid type for 'parallel_tool_calls': expected a boolean, but got an integer instead.")]
    [InlineData("""{"input":"x","stream_options":true}""", "stream_options",
        "Invalid type for 'stream_options': expected an object, but got a boolean instead.")]
    [InlineData("""{"input":"x","stream_options":{"include_obfuscation":1}}""", "stream_options.include_obfuscation",
        "Invalid type for 'stream_options.include_obfuscation': expected a boolean, but got an integer instead.")]
    [InlineData("""{"input":"x","reasoning":"high"}""", "reasoning",
        "Invalid type for 'reasoning': expected an object, but got a string instead.")]
    [InlineData("""{"input":"x","reasoning":{"summary":true}}""", "reasoning.summary",
        "Invalid type for 'reasoning.summary': expected a string, but got a boolean instead.")]
    [InlineData("""{"input":"x","text":{"verbosity":1}}""", "text.verbosity",
        "Invalid type for 'text.verbosity': expected a string, but got an integer instead.")]
    [InlineData("""{"input":"x","text":{"format":{"type":"json_schema","name":"n","schema":{},"strict":"yes"}}}""", "text.format.strict",
        "Invalid type for 'text.format.strict': expected a boolean, but got a string instead.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f","strict":"yes"}]}""", "tools[0].strict",
        "Invalid type for 'tools[0].strict': expected a boolean, but got a string instead.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f","parameters":"x"}]}""", "tools[0].parameters",
        "Invalid type for 'tools[0].parameters': expected an object, but got a string instead.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","mode":"any","tools":[]}}""", "tool_choice.mode",
        "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools","tools":[]}}""", "tool_choice.tools",
        "Invalid 'tool_choice.tools': at least one tool must run on the client.")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"allowed_tools"}}""", "tool_choice.tools",
        "Missing required parameter: 'tool_choice.tools'. Expected an array of objects.")]
    [InlineData("""{"input":"x","prompt_cache_options":{"prewarm":1}}""", "prompt_cache_options.prewarm",
        "Invalid type for 'prompt_cache_options.prewarm': expected a boolean, but got an integer instead.")]
    [InlineData("""{"input":"x","background":true,"prompt_cache_options":{"prewarm":true}}""", "prompt_cache_options.prewarm",
        "Invalid 'prompt_cache_options.prewarm': a request that generates no output cannot run in the background.")]
    [InlineData("""{"input":"x","conversation":"c"}""", "conversation",
        "Invalid 'conversation': it is not supported. Send its content as `input` and `instructions`.")]
    [InlineData("""{"input":"x","prompt":{"id":"p"}}""", "prompt",
        "Invalid 'prompt': it is not supported. Send its content as `input` and `instructions`.")]
    public void Fault_NamesItsField(string request, string param, string message)
    {
        var fault = Assert.Throws<ErrorResponseException>(() => ResponseReply.Parse(request).ToChat());

        Assert.Equal((400, param, message), (fault.Error.Status, fault.Error.Param, fault.Error.Message));
    }
}
