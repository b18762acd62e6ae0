using LambdaChat.Failures;
using LambdaChat.Relay;
using LambdaChat.Relay.Chunks;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Relay;

public sealed class ReplyEndTests
{
    // Choices: the finish reason of each. W marks a choice whose earlier finish reason was withdrawn, E one without text, and - one without
    // a finish reason.
    [Theory]
    [InlineData("Stop", 1, false, false, false, null)]
    [InlineData("Stop", 1, false, true, false, null)]
    [InlineData("Stop", 1, false, false, true, null)]
    [InlineData("Length", 1, false, true, true, null)]
    [InlineData("-", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, true, true, false, null)]
    [InlineData("-", 1, true, false, false, FailureKind.NoFinishReason)]
    [InlineData("-", 1, true, true, true, FailureKind.StreamBroken)]
    [InlineData("-", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, true, true, false, FailureKind.NoFinishReason)]
    [InlineData("", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("WStop", 1, false, true, false, null)]
    [InlineData("WStop", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("WStop", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("WStop", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("W-", 1, false, true, false, null)]
    [InlineData("W-", 1, false, false, false, FailureKind.NoFinishReason)]
    [InlineData("W-", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("W- -", 2, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("W-", 1, true, true, false, null)]
    [InlineData("Failed", 1, false, true, true, FailureKind.StreamBroken)]
    [InlineData("Failed", 1, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("Stop Stop", 2, false, true, false, null)]
    [InlineData("Stop", 2, false, true, false, null)]
    [InlineData("Stop", 2, false, false, false, null)]
    [InlineData("Stop", 2, false, false, true, FailureKind.StreamBroken)]
    [InlineData("Stop -", 2, false, true, false, FailureKind.NoFinishReason)]
    [InlineData("Stop -", 2, false, false, true, FailureKind.StreamBroken)]
    [InlineData("Stop Stop", 2, false, false, true, null)]
    [InlineData("EStop", 1, false, true, false, null)]
    [InlineData("EStop", 1, false, false, false, null)]
    [InlineData("EStop", 1, false, false, true, FailureKind.StreamBroken)]
    [InlineData("ELength", 1, true, true, true, FailureKind.StreamBroken)]
    [InlineData("Stop EStop", 2, false, false, false, null)]
    [InlineData("Stop EStop", 2, false, true, true, FailureKind.StreamBroken)]
    [InlineData("Stop", 2, false, false, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop", 2, false, true, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop", 2, true, true, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop Stop", 2, false, false, false, null, 2)]
    [InlineData("Stop Stop", 4, false, false, false, FailureKind.NoFinishReason, 2)]
    [InlineData("Stop Stop", 4, false, true, false, null, 2)]
    internal void Decide_KindOfEnd_IsCompleteOrItsFailure(
        string reasons, int choices, bool isDoneEnough, bool isDone, bool hasFault, FailureKind? expected, int prompts = 1)
    {
        var format = new OutputFormat("r1", OutputFormat.ChatChunk, "own", 1)
        {
            Choices = choices,
            Prompts = prompts,
            MayEndWithDone = isDoneEnough,
        };
        var trackers = new ChoiceTrackers(format);
        foreach (var (index, reason) in reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            var tracker = trackers.Get(index);
            if (reason[0] == 'W')
            {
                tracker.NoteFinish(FinishReason.Stop);
                tracker.Withdraw();
            }

            if (reason[0] != 'E')
            {
                NoteText(tracker);
            }

            var name = reason.TrimStart('W', 'E');
            tracker.NoteFinish(name == "-" ? FinishReason.None : Enum.Parse<FinishReason>(name));
        }

        var fault = hasFault ? new ReplyFailure(FailureKind.StreamBroken) : null;
        var failure = ReplyEnd.Decide(trackers, format, isDone, fault, text: default);

        Assert.Equal(expected, failure?.Kind);
    }

    [Theory]
    [InlineData(null, false, "worker died")]
    [InlineData(FailureKind.StreamBroken, false, "worker died")]
    [InlineData(FailureKind.ModelSilent, false, null)]
    [InlineData(null, true, null)]
    internal void Decide_TextBehindTheLastRecord_SaysWhyTheReplyIsNotComplete(FailureKind? fault, bool isFinished, string? expected)
    {
        var format = ChunkLog.Contract();
        var trackers = new ChoiceTrackers(format);
        NoteText(trackers.Get(0));
        trackers.Get(0).NoteFinish(isFinished ? FinishReason.Stop : FinishReason.None);

        var failure = ReplyEnd.Decide(
            trackers, format, isDone: false, fault is { } kind ? new ReplyFailure(kind) : null, "worker died\n"u8);

        Assert.Equal(expected, failure?.Container?.Message);
        Assert.Equal(isFinished, failure is null);
    }

    /// <summary>An error behind a finish reason: nothing is lost of a text, but an empty reply is not complete.</summary>
    [Theory]
    [InlineData("", FailureKind.ContainerError)]
    [InlineData("\"content\":\"\"", FailureKind.ContainerError)]
    [InlineData("\"content\":null,\"reasoning_content\":\"\",\"tool_calls\":[]", FailureKind.ContainerError)]
    [InlineData("\"content\":\"a\"", null)]
    [InlineData("\"content\":\"<th\"", null)]
    [InlineData("\"reasoning_content\":\"a\"", null)]
    [InlineData("\"refusal\":\"a\"", null)]
    [InlineData("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]", null)]
    internal void ErrorRecord_AfterTheFinishReason_EndsAnEmptyReply(string delta, FailureKind? expected)
    {
        var chat = (ChunkLog.Contract(), $"\"delta\":{{\"role\":\"assistant\"{(delta.Length > 0 ? "," : "")}{delta}}}");
        var completion = (
            ChunkLog.Contract() with { Object = OutputFormat.TextCompletion }, $"\"text\":\"{(expected is null ? "a" : "")}\"");
        foreach (var ((format, choice), hasUsage) in (((OutputFormat, string), bool)[])
            [(chat, false), (chat, true), (completion, false), (completion, true)])
        {
            var last = format.IsChat ? "\"delta\":{}" : "\"text\":\"\"";
            var (log, failure, _) = BytesReply.OfAnyCut(format, string.Concat(
                $"data: {{\"choices\":[{{\"index\":0,{choice},\"finish_reason\":null}}]}}\n\n",
                $"data: {{\"choices\":[{{\"index\":0,{last},\"finish_reason\":\"stop\"}}]}}\n\n",
                hasUsage ? "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n" : "",
                "data: {\"error\":{\"message\":\"dead\",\"code\":500}}\n\n"));

            Assert.Equal(expected, failure?.Kind);
            Assert.Equal(expected is null, log.Chunks.Exists(chunk => chunk.Contains("\"finish_reason\":\"", StringComparison.Ordinal)));
        }
    }

    private static void NoteText(ChoiceTracker tracker)
    {
        var chunk = Chunk.Read("""{"choices":[{"index":0,"delta":{"content":"a"}}]}"""u8, new ChunkLayout());
        tracker.NoteTexts(chunk.Layout.Choice(0));
    }
}
