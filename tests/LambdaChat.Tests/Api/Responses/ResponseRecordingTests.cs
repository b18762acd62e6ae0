using System.Text.Json.Nodes;
using LambdaChat.Tests.Recordings;

namespace LambdaChat.Tests.Api.Responses;

/// <summary>Replies of real model servers, and of reported ones, as responses: the same content as a chat completion has.</summary>
public sealed class ResponseRecordingTests
{
    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public async Task Response_HasWhatTheCompletionHas(string path)
    {
        var recording = new Recording(path);
        if (!recording.IsChat || recording.Choices > 1)
        {
            return;
        }

        var (chunks, failure, _) = TranslatedReply.Run(recording);
        if (failure is not null)
        {
            var (status, body) = await ResponseReply.WholeAsync(chunks, failure);
            var stream = await ResponseReply.StreamAsync(chunks, failure); // A document, if nothing came before the failure.
            var error = chunks.Count == 0 ? JsonNode.Parse(stream)!["error"] : ResponseReading.Of(stream).Error!["error"];
            Assert.True(JsonNode.DeepEquals(body["error"], error), stream);
            Assert.InRange(status, 400, 599);
            return;
        }

        var (response, _) = await ResponseReply.ReadAsync(chunks);
        AssertSame(TranslatedReply.Aggregate(chunks), response);
    }

    private static void AssertSame(JsonObject completion, JsonObject response)
    {
        var choice = completion["choices"]![0]!;
        var expected = choice["message"]!;
        var items = response["output"]!.AsArray();
        Assert.Equal((string?)expected["reasoning_content"] ?? "", Join(items, "reasoning", "summary"));
        Assert.Equal((string?)expected["content"] ?? "", Join(items, "message", "content"));
        Assert.Equal(
            (expected["tool_calls"]?.AsArray() ?? []).Select(call => (
                (string?)call!["id"], (string?)call["function"]!["name"],
                (string?)call["function"]!["arguments"] is { Length: > 0 } arguments ? arguments : "{}")),
            items.Where(item => (string?)item!["type"] == "function_call")
                .Select(item => ((string?)item!["call_id"], (string?)item["name"], (string?)item["arguments"] ?? "")));
        Assert.Equal(
            (string?)choice["finish_reason"] switch
            {
                "length" => "max_output_tokens",
                "content_filter" => "content_filter",
                _ => null,
            },
            (string?)response["incomplete_details"]?["reason"]);
        Assert.Equal((int?)completion["usage"]?["prompt_tokens"] ?? 0, (int?)response["usage"]!["input_tokens"]);
        Assert.Equal((int?)completion["usage"]?["completion_tokens"] ?? 0, (int?)response["usage"]!["output_tokens"]);
    }

    private static string Join(JsonArray items, string type, string member) => string.Concat(items
        .Where(item => (string?)item!["type"] == type)
        .SelectMany(item => item![member]!.AsArray()).Select(part => (string?)part!["text"]));
}
