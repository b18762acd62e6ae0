using System.Text.Json.Nodes;
using LambdaChat.Api.Replies;
using LambdaChat.Tests.Recordings;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>Replies of real model servers, and of reported ones, as pages get them: the same content as a chat completion has.</summary>
public sealed class FrontendRecordingTests
{
    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public async Task Reply_HasWhatTheCompletionHas(string recordingPath)
    {
        var recording = new Recording(recordingPath);
        if (!recording.IsChat || recording.Choices > 1)
        {
            return;
        }

        var (chunks, failure, _) = TranslatedReply.Run(recording);
        foreach (var path in FrontendReply.Paths.Select(row => row.Data))
        {
            var body = await FrontendReply.StreamAsync(path, chunks, failure);
            if (failure is not null)
            {
                var message = failure.ToOpenAI().Message;
                var error = chunks.Count > 0 ? FrontendReply.Read(path, body).Error
                    : path == FrontendReply.UiMessages ? body
                    : (string?)JsonNode.Parse(body)!["error"]!["message"];
                Assert.Equal(message, error);
                continue;
            }

            AssertSame(TranslatedReply.Aggregate(chunks), FrontendReply.Read(path, body));
        }
    }

    private static void AssertSame(JsonObject completion, FrontendReading reading)
    {
        var choice = completion["choices"]![0]!;
        var expected = choice["message"]!;
        Assert.Null(reading.Error);
        Assert.Equal((string?)expected["reasoning_content"] ?? "", reading.Thinking);
        Assert.Equal((string?)expected["content"] ?? "", reading.Text);
        Assert.Equal(
            (expected["tool_calls"]?.AsArray() ?? []).Select(call => $"{call!["id"]}:{call["function"]!["name"]}:{call["function"]!["arguments"]}"),
            reading.Calls);
        Assert.Equal(
            (string?)choice["finish_reason"] switch
            {
                "length" => "length",
                "content_filter" => "contentfilter",
                _ => reading.Calls.Any() ? "toolcalls" : "stop",
            },
            reading.Finish!.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal));
        Assert.Equal((int?)completion["usage"]?["prompt_tokens"], (int?)reading.Usage?["inputTokens"]);
        Assert.Equal((int?)completion["usage"]?["completion_tokens"], (int?)reading.Usage?["outputTokens"]);
    }
}
