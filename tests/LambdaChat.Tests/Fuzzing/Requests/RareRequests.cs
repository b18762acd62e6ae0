using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>Requests with what only some clients send, such as Codex, Claude Code and CopilotKit.</summary>
internal static class RareRequests
{
    private static readonly Dictionary<string, string[]> All = new()
    {
        [RequestForms.Chat] =
        [
            """
            {"model":"m","messages":[{"role":"system","content":"§s¶"},{"role":"developer","content":[{"type":"text","text":"§d¶"}]},
            {"role":"user","name":"u","content":[{"type":"text","text":"§a¶"},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]},
            {"role":"assistant","content":[{"type":"text","text":"§b¶"},{"type":"refusal","refusal":"§r¶"}],"reasoning":"§t¶","prefix":true,
            "tool_calls":[{"id":"c","type":"function","index":0,"function":{"name":"f","arguments":"{\"a\":"}}]},
            {"role":"tool","tool_call_id":"c","name":"f","content":[{"type":"text","text":"§r¶"}]},
            {"role":"assistant","content":"","function_call":{"name":"f","arguments":"[1]"}},{"role":"function","name":"f","content":"§r¶"},
            {"role":"assistant","content":"<think>§t¶</think>\n\n§b¶"}],"functions":[{"name":"f","parameters":{}}],"function_call":"auto",
            "stream":true,"stream_options":{"include_usage":false,"include_obfuscation":false},"n":1.0,"best_of":2,"logprobs":true,"top_logprobs":5,
            "chat_template_kwargs":{"enable_thinking":false},"continue_final_message":true,"add_generation_prompt":false,"min_tokens":1,
            "ignore_eos":true,"prompt_cache_key":"k","reasoning_output":"think","show_errors":false,"store":false,"logit_bias":{"1":5},
            "guided_json":{"type":"object"},"response_format":{"type":"json_object"},"metadata":{"a":"b"},"user":"u"}
            """,
        ],
        [RequestForms.Messages] =
        [
            """
            {"model":"m","max_tokens":5,"system":[{"type":"text","text":"x-anthropic-billing-header: a"},{"type":"text","text":"§s¶",
            "cache_control":{"type":"ephemeral"}}],"thinking":{"type":"enabled","budget_tokens":2000,"display":"omitted"},
            "tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true},{"type":"bash_20250124","name":"bash"},
            {"type":"tool_search_tool_regex_20251119","name":"tool_search_tool_regex"}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},
            "messages":[{"role":"user","content":[{"type":"search_result","source":"§u¶","title":"§t¶","content":[{"type":"text","text":"§a¶"}]},
            {"type":"document","title":"§t¶","context":"§c¶","source":{"type":"content","content":[{"type":"text","text":"§a¶"}]}}]},
            {"role":"assistant","content":[{"type":"redacted_thinking","data":"x"},{"type":"server_tool_use","id":"s1","name":"web_search",
            "input":{}},{"type":"web_search_tool_result","tool_use_id":"s1","content":[]},{"type":"fallback"},{"type":"tool_use","id":"t1","name":"bash",
            "input":{"command":"ls"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"tool_reference",
            "tool_name":"f"},{"type":"search_result","source":"u","title":"t","content":[]},{"type":"image","source":{"type":"base64",
            "media_type":"image/png","data":"AA=="}}]},{"type":"compaction","content":null}]},{"role":"system","content":[{"type":"tool_addition",
            "tool":{"type":"tool_definition","definition":{"name":"g","input_schema":{}}}},{"type":"tool_removal","tool":{"type":"tool_reference",
            "name":"f"}}],"clear_at":"next_user_message","output_config":{"effort":"max"}},{"role":"user","content":"§z¶"}],
            "metadata":{"user_id":"{\"session_id\":\"s\"}"},"output_config":{"effort":"xhigh","format":{"type":"json_schema","schema":{}}},
            "context_management":{"edits":[]},"stop_sequences":["a"],"top_k":1.0,"service_tier":"auto","stream":true}
            """,
        ],
        [RequestForms.Responses] =
        [
            """
            {"model":"m","instructions":"§s¶","input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"§d¶"}]},
            {"type":"additional_tools","tools":[{"type":"custom","name":"apply_patch","description":"p","format":{"type":"grammar","syntax":"lark",
            "definition":"start: x"}}]},{"type":"configuration_update","reasoning":{"effort":"low"},"text":{"format":{"type":"json_object"}}},
            {"role":"user","content":[{"type":"input_text","text":"§a¶"},{"type":"input_image","image_url":"https://a/b.png","detail":"original"}]},
            {"type":"function_call_output","id":"fco_1","name":"create_thread","namespace":"codex_app","output":"§b¶"},
            {"type":"agent_message","author":"/root","recipient":"/root/a","content":[{"type":"input_text","text":"§c¶"},
            {"type":"encrypted_content","encrypted_content":"§d¶"}]},
            {"type":"reasoning","id":"","summary":[],"content":null,"encrypted_content":"other"},{"id":"rs_1"},
            {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}},{"type":"compaction","encrypted_content":"x"},
            {"type":"local_shell_call","call_id":"l1","action":{"type":"exec","command":["ls"]},"status":"completed"},
            {"type":"local_shell_call_output","id":"l1","output":"{}"},{"type":"shell_call","call_id":"l2","action":{"commands":["ls"]}},
            {"type":"shell_call_output","call_id":"l2","output":[{"stdout":"§o¶"}]},{"type":"apply_patch_call","call_id":"l3","operation":{"type":"x"}},
            {"type":"apply_patch_call_output","call_id":"l3","status":"failed"},{"type":"custom_tool_call","call_id":"l4","name":"apply_patch",
            "input":"§*** Begin¶"},{"type":"custom_tool_call_output","call_id":"l4","output":"§ok¶"},{"type":"tool_search_call","call_id":"l5",
            "execution":"client","arguments":{"query":"q"}},{"type":"tool_search_output","call_id":"l5","execution":"client","tools":[{"type":"namespace",
            "name":"mcp","tools":[{"type":"function","name":"late","parameters":{},"defer_loading":true}]}]},
            {"type":"function_call","call_id":"l6","namespace":"mcp","name":"late","arguments":"","status":"incomplete"},
            {"type":"function_call_output","call_id":"l7","output":[{"type":"input_text","text":"§r¶"}]},
            {"role":"assistant","content":[{"type":"output_text","text":"§b¶","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"§no¶"}]},
            {"role":"user","content":"§z¶"}],"tools":[{"type":"namespace","name":"mcp","description":"d","tools":[{"type":"function","name":"late",
            "parameters":{},"defer_loading":true}]},{"type":"tool_search","execution":"client","description":"d"},{"type":"web_search"},
            {"type":"function","name":"f","parameters":null,"strict":null,"description":null}],"tool_choice":{"type":"allowed_tools","mode":"auto",
            "tools":[{"type":"function","name":"f"}]},"parallel_tool_calls":true,"reasoning":{"effort":"high","summary":"auto"},"store":false,
            "stream":true,"include":["reasoning.encrypted_content","message.output_text.logprobs"],"top_logprobs":3,"max_tool_calls":5,
            "text":{"verbosity":"low","format":{"type":"text"}},"prompt_cache_key":"k","metadata":{"a":"b"},"client_metadata":{"x":1},
            "stream_options":{"include_obfuscation":false},"reasoning_output":"reasoning_text","user":"u","safety_identifier":"s"}
            """,
        ],
        [RequestForms.UiMessages] =
        [
            """
            {"id":"c1","trigger":"submit-message","messageId":"m","system":"§s¶","config":{"modelName":"m","apiKey":"§key¶"},"messages":[
            {"id":"1","role":"user","metadata":{"a":1},"parts":[{"type":"text","text":"§a¶"},{"type":"data-x","data":null},{"type":"file",
            "mediaType":"image/*","filename":"§n¶","url":"data:image/png;base64,AA=="},{"type":"file","mediaType":"application/octet-stream",
            "url":"data:;base64,YQ=="},{"type":"file","mediaType":"","url":"data:text/csv,a%2Cb"}]},{"id":"2","role":"assistant","parts":[
            {"type":"step-start"},{"type":"reasoning","text":"§t¶","providerMetadata":{}},{"type":"source-url","sourceId":"s","url":"u"},
            {"type":"tool-f","toolCallId":"c1","state":"output-denied","input":{},"approval":{"id":"a","approved":false,"reason":"§no¶"}},
            {"type":"tool-f","toolCallId":"c2","state":"approval-responded","input":{},"approval":{"id":"a","approved":true}},
            {"type":"dynamic-tool","toolName":"f","toolCallId":"c2","state":"output-available","input":{"a":1},"output":[1,{"b":"§o¶"}],"preliminary":true},
            {"type":"tool-f","toolCallId":"c3","state":"output-error","rawInput":"{\"a","errorText":"§e¶"},{"type":"tool-f","toolCallId":"c4",
            "state":"input-streaming"},{"type":"steering-message","parts":[{"type":"text","text":"§c¶"}]},{"type":"text","text":"§b¶","state":"done"}]},
            {"id":"3","role":"assistant","parts":[{"type":"tool-g","toolCallId":"c1~2","state":"output-available","input":"{\"a\":1}","output":null}]}],
            "tools":{"f":{"description":"d","parameters":{"type":"object"}},"世界":{"inputSchema":{}},"n":null},"callSettings":{"maxTokens":5,
            "temperature":1,"topP":null,"stopSequences":["a"],"headers":{"a":"§key¶"}}}
            """,
        ],
        [RequestForms.AgUi] =
        [
            """
            {"threadId":"t","runId":"r","parentRunId":"p","state":{"a":"§s¶"},"messages":[{"id":"1","role":"developer","content":"§d¶"},
            {"id":"2","role":"user","name":"n","content":[{"type":"text","text":"§a¶"},{"type":"image","source":{"type":"url","value":"data:image/png;base64,AA==",
            "mimeType":"image/png"},"metadata":{"filename":"§n¶"}},{"type":"binary","mimeType":"text/plain","data":"YQ==","filename":"§n¶"}]},
            {"id":"3","role":"reasoning","content":"§t¶","encryptedValue":"x"},{"id":"4","role":"activity","activityType":"PLAN","content":{"a":[]}},
            {"id":"5","role":"tool","toolCallId":"c2","content":"§early¶"},{"id":"6","role":"assistant","content":"§b¶","toolCalls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{"}},{"id":"c2","type":"function","function":{"name":"f","arguments":""}}]},
            {"id":"7","role":"tool","toolCallId":"c1","content":[{"type":"text","text":"§r¶"},{"type":"document","source":{"type":"data","value":"YQ==",
            "mimeType":"text/plain"}}],"error":"§e¶"},{"id":"8","role":"tool","toolCallId":"c9","content":"§lone¶"},{"id":"9","role":"assistant",
            "toolCalls":[{"id":"c1","type":"function","function":{"name":"g","arguments":"{\"a\":1}"}}]},{"id":"10","role":"user","content":"§z¶"}],
            "tools":[{"name":"f","description":"","parameters":{}},{"name":"g","description":"d","parameters":null}],
            "context":[{"description":"§d¶","value":"§v¶"},{"description":"","value":{"a":1}}],"forwardedProps":{"model":"m","x":null},"resume":[]}
            """,
        ],
    };

    public static JsonObject Read(string api, Mutator random) =>
        JsonNode.Parse(random.Pick(All[api]).ReplaceLineEndings(""))!.AsObject();
}
