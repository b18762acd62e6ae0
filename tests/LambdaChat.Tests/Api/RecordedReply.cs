using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Tests.Api.Frontends;
using LambdaChat.Tests.Api.Messages;
using LambdaChat.Tests.Api.Responses;

namespace LambdaChat.Tests.Api;

/// <summary>
/// The content that clients of an API receive for the chunks of a complete reply. It is the same streaming and non-streaming.
/// </summary>
/// <param name="Calls">The tool calls: id, name and input.</param>
/// <param name="Finish"><c>stop</c>, <c>tools</c>, <c>length</c> or <c>content_filter</c>.</param>
internal sealed record RecordedReply(
    string Thinking, string Text, IReadOnlyList<string> Calls, string Finish, int Input, int Output)
{
    public static IReadOnlyList<string> Apis { get; } = ["messages", "responses", FrontendReply.UiMessages, FrontendReply.AgUi];

    /// <summary>Reads a complete reply.</summary>
    public static async Task<RecordedReply> ReadAsync(string api, IReadOnlyCollection<string> chunks) => api switch
    {
        "messages" => OfMessage((await MessageReply.ReadAsync(chunks)).Message),
        "responses" => OfResponse((await ResponseReply.ReadAsync(chunks)).Response),
        _ => OfFrontend(await FrontendReply.ReadAsync(api, chunks)),
    };

    /// <summary>The reply that a chat completion has.</summary>
    public static RecordedReply OfCompletion(JsonObject completion)
    {
        var choice = completion["choices"]![0]!;
        var message = choice["message"]!;
        List<string> calls =
        [
            .. (message["tool_calls"]?.AsArray() ?? []).Select(item => Call(
                item!["id"], item["function"]!["name"], MessageReading.InputOf((string)item["function"]!["arguments"]!))),
        ];
        if (message["function_call"] is { } older)
        {
            calls.Add(Call($"call_{completion["id"]}_0", older["name"], MessageReading.InputOf((string)older["arguments"]!)));
        }

        var finish = (string?)choice["finish_reason"] is "length" or "content_filter" ? (string)choice["finish_reason"]!
            : calls.Count > 0 ? "tools"
            : "stop";
        return new RecordedReply(
            (string?)message["reasoning_content"] ?? "", (string?)message["content"] ?? "", calls, finish,
            (int?)completion["usage"]?["prompt_tokens"] ?? 0, (int?)completion["usage"]?["completion_tokens"] ?? 0);
    }

    /// <summary>The errors of a failed reply: of a stream, and of a non-streaming reply where the API has it.</summary>
    public static async Task<IReadOnlyList<string?>> ReadErrorsAsync(
        string api, IReadOnlyCollection<string> chunks, ReplyFailure failure)
    {
        switch (api)
        {
            case "messages":
                var stream = await MessageReply.StreamAsync(chunks, failure);
                return [MessageOf(chunks.Count == 0 ? JsonNode.Parse(stream) : MessageReading.Of(stream).Error),
                    MessageOf((await MessageReply.WholeAsync(chunks, failure)).Body)];
            case "responses":
                stream = await ResponseReply.StreamAsync(chunks, failure);
                return [MessageOf(chunks.Count == 0 ? JsonNode.Parse(stream) : ResponseReading.Of(stream).Error),
                    MessageOf((await ResponseReply.WholeAsync(chunks, failure)).Body)];
            default:
                stream = await FrontendReply.StreamAsync(api, chunks, failure);
                return [chunks.Count > 0 ? FrontendReply.Read(api, stream).Error
                    : api == FrontendReply.UiMessages ? stream
                    : MessageOf(JsonNode.Parse(stream))];
        }
    }

    public bool Equals(RecordedReply? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Thinking}|{Text}|{string.Join('|', Calls)}|{Finish}|{Input}|{Output}";

    private static RecordedReply OfMessage(JsonObject message)
    {
        var blocks = message["content"]!.AsArray();
        var usage = message["usage"]!;
        return new RecordedReply(
            Join(blocks, "thinking", block => [block["thinking"]]), Join(blocks, "text", block => [block["text"]]),
            [
                .. blocks.Where(block => (string?)block!["type"] == "tool_use")
                    .Select(block => Call(block!["id"], block["name"], block["input"]!)),
            ],
            (string?)message["stop_reason"] switch
            {
                "end_turn" => "stop",
                "tool_use" => "tools",
                "max_tokens" => "length",
                "refusal" => "content_filter",
                var other => other!,
            },
            (int)usage["input_tokens"]! + (int)usage["cache_read_input_tokens"]!, (int)usage["output_tokens"]!);
    }

    private static RecordedReply OfResponse(JsonObject response)
    {
        var items = response["output"]!.AsArray();
        List<string> calls =
        [
            .. items.Where(item => (string?)item!["type"] == "function_call").Select(item => Call(
                item!["call_id"], item["name"], MessageReading.InputOf((string?)item["arguments"] ?? ""))),
        ];
        return new RecordedReply(
            Join(items, "reasoning", item => item["summary"]!.AsArray().Select(part => part!["text"])),
            Join(items, "message", item => item["content"]!.AsArray().Select(part => part!["text"])),
            calls,
            (string?)response["incomplete_details"]?["reason"] switch
            {
                "max_output_tokens" => "length",
                null => calls.Count > 0 ? "tools" : "stop",
                var other => other,
            },
            (int)response["usage"]!["input_tokens"]!, (int)response["usage"]!["output_tokens"]!);
    }

    private static RecordedReply OfFrontend(FrontendReading reading) => new(
        reading.Thinking, reading.Text,
        [.. reading.CallParts.Select(call => Call(call.Id, call.Name, MessageReading.InputOf(call.Arguments)))],
        reading.Finish switch
        {
            "tool-calls" or "tool_calls" => "tools",
            "content-filter" => "content_filter",
            var other => other!,
        },
        (int?)reading.Usage?["inputTokens"] ?? 0, (int?)reading.Usage?["outputTokens"] ?? 0);

    private static string Call(JsonNode? id, JsonNode? name, JsonNode input) => $"{id}:{name}:{input.ToJsonString()}";

    private static string Join(JsonArray items, string type, Func<JsonNode, IEnumerable<JsonNode?>> textsOf) => string.Concat(
        items.Where(item => (string?)item!["type"] == type).SelectMany(item => textsOf(item!)).Select(text => (string?)text));

    private static string? MessageOf(JsonNode? error) => (string?)error!["error"]!["message"];
}
