using System.Text.Json.Nodes;
using LambdaChat.Failures;

namespace LambdaChat.Tests.Recordings;

/// <summary>Replies of real model servers, and of reported ones, through the relay's records, chunks and completions.</summary>
public sealed class RecordingTests
{
    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public void Reply_EndsAsTheServerEndedIt(string path)
    {
        var recording = new Recording(path);
        var expected = new ExpectedReply(recording);

        var (chunks, failure, _) = TranslatedReply.Run(recording);

        Assert.Equal(expected.Fails, failure is not null);
        if (expected.Error is { } error)
        {
            Assert.Equal(FailureKind.ContainerError, failure!.Kind);
            Assert.StartsWith(failure.Container!.Message.TrimEnd('…'), error, StringComparison.Ordinal);
            Assert.NotEmpty(failure.Container.Message);
        }

        var finishes = Choices(chunks).Where(choice => choice["finish_reason"] is not null)
            .ToLookup(choice => (int)choice["index"]!, choice => (string?)choice["finish_reason"]);
        Assert.All(expected.Choices, choice => Assert.Equal(expected.Fails ? [] : [choice.Value.Finish], finishes[choice.Key]));
    }

    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public void Chunks_HaveTheServersTextsAndCalls(string path)
    {
        var recording = new Recording(path);
        var expected = new ExpectedReply(recording);

        var (chunks, _, _) = TranslatedReply.Run(recording);

        foreach (var (index, choice) in expected.Choices)
        {
            var choices = Choices(chunks).Where(chunk => (int)chunk["index"]! == index).ToList();
            var content = string.Concat(choices.Select(chunk => (string?)(recording.IsChat ? chunk["delta"]!["content"] : chunk["text"])));
            var thinking = string.Concat(choices.Select(chunk => (string?)chunk["delta"]?["reasoning_content"]));
            // White space at the end of a reply that failed may still wait for more text.
            Assert.Equal(
                expected.Fails ? (choice.Texts.Thinking.TrimEnd(), choice.Texts.Content.Trim()) : choice.Texts,
                expected.Fails ? (thinking.TrimEnd(), content.Trim()) : (thinking, content));
            var pieces = choices.SelectMany(chunk => chunk["delta"]?["tool_calls"]?.AsArray() ?? [])
                .ToLookup(piece => (int)piece!["index"]!, piece => piece!.AsObject());
            Assert.Equal(Enumerable.Range(0, pieces.Count), pieces.Select(call => call.Key));
            Assert.Equal(choice.Calls, pieces.Select(Join));
        }
    }

    [Theory]
    [MemberData(nameof(RecordingData.Replies), MemberType = typeof(RecordingData))]
    public void Completion_LosesNothing(string path)
    {
        var recording = new Recording(path);
        var expected = new ExpectedReply(recording);
        if (expected.Fails || !recording.IsChat)
        {
            return;
        }

        var (chunks, _, usage) = TranslatedReply.Run(recording);
        var root = TranslatedReply.Aggregate(chunks);

        Assert.Equal((int?)expected.Usage?["completion_tokens"], usage?.Completion);
        AssertEqual(expected.Usage, root["usage"]);
        AssertContains(expected.Others, root);
        Assert.Equal(expected.Choices.Keys, root["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        foreach (var (index, choice) in expected.Choices)
        {
            var actual = root["choices"]!.AsArray().Single(other => (int)other!["index"]! == index)!.AsObject();
            var message = actual["message"]!.AsObject();
            Assert.Equal(choice.Finish, (string?)actual["finish_reason"]);
            Assert.Equal(choice.Texts, ((string?)message["reasoning_content"] ?? "", (string?)message["content"] ?? ""));
            Assert.Equal(choice.Calls,
                (message["tool_calls"]?.AsArray() ?? []).Select(
                    call => ((string)call!["id"]!, (string)call["function"]!["name"]!, (string)call["function"]!["arguments"]!)));
            Assert.Equal(choice.Logprobs, actual["logprobs"]?["content"]?.AsArray().Count ?? 0);
            Assert.True(message.ContainsKey("refusal"));
            Assert.Equal("[]", message["annotations"]!.ToJsonString());
            AssertContains(choice.MessageOthers, message);
            AssertContains(choice.Others, actual);
        }
    }

    private static (string Id, string Name, string Arguments) Join(IGrouping<int, JsonObject> call)
    {
        Assert.All(call.Skip(1),
            piece =>
                Assert.False(piece.ContainsKey("id") || piece.ContainsKey("type") || piece["function"]!.AsObject().ContainsKey("name")));
        return ((string)call.First()["id"]!, (string)call.First()["function"]!["name"]!,
            string.Concat(call.Select(piece => (string)piece["function"]!["arguments"]!)));
    }

    private static IEnumerable<JsonObject> Choices(IEnumerable<string> chunks) =>
        chunks.SelectMany(chunk => JsonNode.Parse(chunk)!["choices"]!.AsArray()).Select(choice => choice!.AsObject());

    private static void AssertContains(JsonObject expected, JsonObject actual) =>
        Assert.All(expected, member => AssertEqual(member.Value, actual[member.Key]));

    private static void AssertEqual(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual),
            $"Expected {expected?.ToJsonString() ?? "null"}, but was {actual?.ToJsonString() ?? "null"}.");
}
