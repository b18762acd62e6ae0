using System.Text.Json;
using LambdaChat.Failures;
using LambdaChat.Json;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>
/// Answers that are not joined from chunks: whole text completions, embeddings, ranks and scores. The same rules apply to them as to
/// chunks: an error, an aborted choice and the reply of another task are failures, and finish reasons have OpenAI's names.
/// </summary>
internal static class WholeAnswers
{
    /// <summary>Repairs an answer that is not valid JSON where <see cref="RecordRepair"/> can.</summary>
    public static ReadOnlyMemory<byte> Repair(ReadOnlyMemory<byte> answer)
    {
        var repaired = new ByteBuffer(answer.Length);
        RecordRepair.Write(answer.Span, repaired);
        return repaired.Memory;
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="isCompletion">False for the tasks of pooling models.</param>
    /// <returns>The answer for the client, or the failure that it reports.</returns>
    public static (ReadOnlyMemory<byte> Answer, ReplyFailure? Failure) Read(ReadOnlyMemory<byte> answer, bool isCompletion)
    {
        var record = new ServerRecord(answer.Span, RecordKind.Message);
        if (record.IsText)
        {
            return (answer, ErrorRecords.OfText(record.Data));
        }

        var layout = new ChunkLayout();
        try
        {
            var chunk = Chunk.Read(answer.Span, layout);
            var failure = ErrorRecords.Find(chunk) ?? (IsOfOtherTask(chunk, isCompletion) ? new ReplyFailure(FailureKind.WrongTask) : null);
            return failure is null && isCompletion ? EditFinishReasons(answer, layout) : (answer, failure);
        }
        catch (JsonException)
        {
            return (answer, null); // Members of another form. Clients get them as they came.
        }
    }

    private static bool IsOfOtherTask(in Chunk chunk, bool isCompletion) =>
        isCompletion ? PoolingRecords.IsOne(chunk) : chunk.Layout.ChoiceCount > 0;

    private static (ReadOnlyMemory<byte> Answer, ReplyFailure? Failure) EditFinishReasons(ReadOnlyMemory<byte> answer, ChunkLayout layout)
    {
        var splices = new JsonSplicer();
        for (var i = 0; i < layout.ChoiceCount; i++)
        {
            var member = layout.Choice(i).FinishReason;
            var reason = FinishReasons.Read(answer.Span, member);
            if (reason == FinishReason.Failed)
            {
                return (answer, FinishReasons.FailureOf(answer.Span, member));
            }

            // A document that parses is complete.
            var json = FinishReasons.Json(reason == FinishReason.None ? FinishReason.Stop : reason);
            if (member.Exists && !member.Value(answer.Span).SequenceEqual(json))
            {
                splices.Add(member.ValueStart, member.ValueEnd - member.ValueStart, json);
            }
        }

        var edited = new ByteBuffer(answer.Length);
        splices.WriteTo(edited, answer.Span);
        return (edited.Memory, null);
    }
}
