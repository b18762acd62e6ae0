using System.Text.Json.Nodes;
using LambdaChat.Tests.Recordings;

namespace LambdaChat.Tests.Api.Messages;

/// <summary>Replies of real model servers, and of reported ones, as messages: the same content as a chat completion has.</summary>
public sealed class MessageRecordingTests
{
    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public async Task Message_HasWhatTheCompletionHas(string path)
    {
        var recording = new Recording(path);
        if (!recording.IsChat || recording.Choices > 1)
        {
            return;
        }

        var (chunks, failure, _) = TranslatedReply.Run(recording);
        if (failure is not null)
        {
            var (status, body) = await MessageReply.WholeAsync(chunks, failure);
            var stream = await MessageReply.StreamAsync(chunks, failure); // A document, if nothing came before the failure.
            Assert.True(JsonNode.DeepEquals(body, chunks.Count == 0 ? JsonNode.Parse(stream) : MessageReading.Of(stream).Error), stream);
            Assert.InRange(status, 400, 599);
            Assert.Equal("error", (string?)body["type"]);
            return;
        }

        var (message, _) = await MessageReply.ReadAsync(chunks);
        AssertSame(TranslatedReply.Aggregate(chunks), message);
    }

    private static void AssertSame(JsonObject completion, JsonObject message)
    {
        var choice = completion["choices"]![0]!;
        var expected = choice["message"]!;
        var blocks = message["content"]!.AsArray();
        Assert.Equal((string?)expected["reasoning_content"] ?? "", Join(blocks, "thinking"));
        Assert.Equal((string?)expected["content"] ?? "", Join(blocks, "text"));
        Assert.Equal(
            (expected["tool_calls"]?.AsArray() ?? []).Select(call => (
                (string?)call!["id"], (string?)call["function"]!["name"],
                MessageReading.InputOf((string)call["function"]!["arguments"]!).ToJsonString())),
            blocks.Where(block => (string?)block!["type"] == "tool_use")
                .Select(block => ((string?)block!["id"], (string?)block["name"], block["input"]!.ToJsonString())));
        Assert.Equal(
            (string?)choice["finish_reason"] switch
            {
                "length" => "max_tokens",
                "content_filter" => "refusal",
                "tool_calls" when blocks.Any(block => (string?)block!["type"] == "tool_use") => "tool_use",
                _ => "end_turn",
            },
            (string?)message["stop_reason"]);
        var usage = completion["usage"];
        var cached = (int?)usage?["prompt_tokens_details"]?["cached_tokens"] ?? 0;
        Assert.Equal(((int?)usage?["prompt_tokens"] ?? 0) - cached, (int?)message["usage"]!["input_tokens"]);
        Assert.Equal((int?)usage?["completion_tokens"] ?? 0, (int?)message["usage"]!["output_tokens"]);
    }

    private static string Join(JsonArray blocks, string type) =>
        string.Concat(blocks.Where(block => (string?)block!["type"] == type).Select(block => (string?)block![type]));
}
