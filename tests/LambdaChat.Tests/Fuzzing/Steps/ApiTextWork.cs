using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Api.Requests;
using LambdaChat.Lambda.Events;
using LambdaChat.Models;
using LambdaChat.Tests.Api.Frontends;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Api.Responses;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>The readers of the APIs' requests, and the writers of their replies, each with a text of others.</summary>
internal static class ApiTextWork
{
    private static readonly Model Model = new("m", [], "");

    public static Dictionary<string, Action<string>> Readers { get; } = new()
    {
        ["event of Lambda"] = text => LambdaEvent.Parse(Encoding.UTF8.GetBytes(
            $"{{\"version\":\"2.0\",\"rawPath\":\"/\",\"requestContext\":{{\"http\":{{\"method\":\"POST\"}}}},\"body\":{Quote(text)}}}")).ToRequest(),
        ["tokens of a request"] = text => TokenEstimator.Of(
            RequestJson.TryParse(Encoding.UTF8.GetBytes($"{{\"prompt\":{Quote(text)}}}"))!, Model, ModelTasks.Completions),
        ["chat"] = text => Translate(TranslationRequests.Chat,
            $"{{\"messages\":[{{\"role\":\"developer\",\"content\":{Quote(text)}}},{{\"role\":\"assistant\",\"content\":{Quote(text)}}}]}}"),
        ["UI message"] = text => Translate(TranslationRequests.UiMessages,
            $"{{\"messages\":[{{\"role\":\"user\",\"parts\":[{{\"type\":\"text\",\"text\":{Quote(text)}}}]}}]}}"),
        ["file of a UI message"] = text => Translate(TranslationRequests.UiMessages,
            $"{{\"messages\":[{{\"role\":\"user\",\"parts\":[{{\"type\":\"file\",\"url\":{Quote($"data:,{text}")}}}]}}]}}"),
        ["tool of a UI message"] = text => Translate(TranslationRequests.UiMessages,
            "{\"messages\":[{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool-f\",\"toolCallId\":\"a\",\"state\":\"output-error\","
            + $"\"input\":{Quote(text)},\"errorText\":{Quote(text)}}},{{\"type\":\"reasoning\",\"text\":{Quote(text)}}}]}}]}}"),
        ["run of AG-UI"] = text => Translate(TranslationRequests.AgUi,
            $"{{\"threadId\":\"t\",\"runId\":\"r\",\"messages\":[{{\"role\":\"user\",\"content\":{Quote(text)}}}]}}"),
        ["call of AG-UI"] = text => Translate(TranslationRequests.AgUi,
            $"{{\"threadId\":\"t\",\"runId\":\"r\",\"context\":[{{\"description\":{Quote(text)},\"value\":1}}],\"messages\":["
            + $"{{\"role\":\"assistant\",\"toolCalls\":[{{\"id\":\"a\",\"function\":{{\"name\":\"f\",\"arguments\":{Quote(text)}}}}}]}},"
            + $"{{\"role\":\"tool\",\"toolCallId\":\"a\",\"content\":{Quote(text)}}}]}}"),
        ["input of Responses"] = text => Translate(TranslationRequests.Responses, $"{{\"instructions\":{Quote(text)},\"input\":{Quote(text)}}}"),
        ["items of Responses"] = all => Part(all, 8, text => Translate(TranslationRequests.Responses,
            $"{{\"input\":[{{\"type\":\"reasoning\",\"encrypted_content\":{Quote(text)},\"summary\":[{{\"type\":\"summary_text\",\"text\":{Quote(text)}}}]}},"
            + $"{{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"f\",\"arguments\":{Quote(text)}}},"
            + $"{{\"type\":\"custom_tool_call\",\"call_id\":\"b\",\"name\":\"g\",\"input\":{Quote(text)}}},"
            + $"{{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":{Quote(text)}}},"
            + $"{{\"type\":\"custom_tool_call_output\",\"call_id\":\"b\",\"output\":{Quote(text)}}}],"
            + $"\"tools\":[{{\"type\":\"custom\",\"name\":\"g\",\"description\":{Quote(text)}}}]}}")),
        ["message of Messages"] = text => Translate(TranslationRequests.Messages,
            $"{{\"max_tokens\":1,\"system\":{Quote(text)},\"messages\":[{{\"role\":\"user\",\"content\":{Quote(text)}}}],\"stop_sequences\":[{Quote(text)}]}}"),
        ["blocks of Messages"] = all => Part(all, 6, text => Translate(TranslationRequests.Messages,
            "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":["
            + $"{{\"type\":\"thinking\",\"thinking\":{Quote(text)},\"signature\":{Quote(text)}}},"
            + $"{{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":{{\"x\":{Quote(text)}}}}}]}},"
            + $"{{\"role\":\"user\",\"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":{Quote(text)}}}]}}],"
            + $"\"tools\":[{{\"name\":\"f\",\"description\":{Quote(text)},\"input_schema\":{{\"x\":{Quote(text)}}}}}]}}")),
        ["reply of UI messages"] = text => Write(text, chunks => FrontendReply.StreamAsync(FrontendReply.UiMessages, chunks)),
        ["reply of AG-UI"] = text => Write(text, chunks => FrontendReply.StreamAsync(FrontendReply.AgUi, chunks)),
        ["reply of Responses"] = text => Write(text, chunks => ResponseReply.StreamAsync(chunks)),
        ["whole reply of Responses"] = text => Write(text, chunks => ResponseReply.WholeAsync(chunks)),
        ["reply of Messages"] = text => Write(text, chunks => MessageReply.StreamAsync(chunks, null, null, "never")),
        ["whole reply of Messages"] = text => Write(text, chunks => MessageReply.WholeAsync(chunks)),
        ["whole chat completion"] = text => Write(text, chunks =>
        {
            var builder = new CompletionBuilder(maximumLength: 64 * 1024 * 1024);
            foreach (var chunk in chunks)
            {
                builder.Write(Encoding.UTF8.GetBytes(chunk));
            }

            return Task.CompletedTask;
        }),
    };

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    // The text stands in several places, which together are as long as it.
    private static void Part(string text, int places, Action<string> work) => work(text[..(text.Length / places)]);

    private static void Translate(string api, string body) => TranslationRequests.Translate(api, body);

    // Thinking, text and the arguments of two calls, of many pieces each.
    private static void Write(string text, Func<IEnumerable<string>, Task> write)
    {
        var pieces = text[..(text.Length / 4)].Chunk(256).Select(piece => Quote(new string(piece))[1..^1]).ToList();
        var task = write(
        [
            .. pieces.Select(MessageRecords.Thinking).Concat(pieces.Select(MessageRecords.Text)).Select(Complete),
            Complete(MessageRecords.Call(0, "c1", "f", "{\\\"a\\\":\\\"")), Complete(MessageRecords.Call(1, "c2", "g", "{\\\"b\\\":\\\"")),
            .. pieces.SelectMany(piece => Enumerable.Range(0, 2).Select(call => Complete(MessageRecords.Arguments(call, piece)))),
            MessageRecords.Stop, MessageRecords.Usage,
        ]);
        Assert.True(task.IsCompletedSuccessfully, "The steps of another thread are not counted.");
    }

    // Chunks as the relay gives them to a writer: with an index.
    private static string Complete(string record) => record.Replace("{\"delta\"", "{\"index\":0,\"delta\"", StringComparison.Ordinal);
}
