using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Replies.Aggregation;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>Bytes of a model server become chunks and a completion, as in the relay loop.</summary>
public sealed class RecordFuzzTests
{
    private const int MaximumRecord = 900;

    [Fact]
    public void Editor_AnyRecords_AreChunksOrAFailure() => Fuzz.Run("Records", Make, Run, made => 400_000 + (400L * made.Bytes.Length));

    private static Case Make(Mutator mutator)
    {
        var framing = mutator.Pick(Enum.GetValues<RecordFraming>());
        var bytes = new List<byte>();
        for (var i = framing == RecordFraming.Json ? 1 : mutator.Random.Next(1, 7); i > 0; i--)
        {
            var record = mutator.Next(Corpora.Records, MaximumRecord);
            bytes.AddRange(framing == RecordFraming.Sse ? [.. "data: "u8, .. record, .. "\n\n"u8] : [.. record, (byte)'\n']);
            if (mutator.OneIn(6))
            {
                bytes.AddRange([.. mutator.Next(Corpora.OtherLines, MaximumRecord), .. mutator.OneIn(2) ? "\n\n"u8 : "\n"u8]);
            }
        }

        var format = new OutputFormat("r1", mutator.OneIn(5) ? OutputFormat.TextCompletion : OutputFormat.ChatChunk, "own", 1)
        {
            Reasoning = mutator.Pick(Enum.GetValues<ReasoningOutput>()),
            Think = mutator.Pick(Enum.GetValues<ThinkMode>()),
            MaxTokens = mutator.OneIn(4) ? mutator.Random.Next(1, 4) : null,
            HidesUsage = mutator.OneIn(2),
            Choices = mutator.OneIn(4) ? 2 : 1,
        };
        return new Case([.. bytes], mutator.Cut(bytes.Count), framing, format);
    }

    private static void Run(Case made)
    {
        Assert.Equal(Read(made, [made.Bytes.Length]).ToString(), Read(made, made.Cuts).ToString());
        var output = new ChunkCheck(made);
        var editor = new Translation(made.Format, output);
        var text = Edit(made, editor);
        var failure = editor.End(text: text);
        Assert.True(failure is not null || output.Count > 0, "A complete reply without a chunk.");
        output.AssertCompletion();
    }

    private static Digest Read(Case made, int[] cuts)
    {
        using var records = new RecordReader(made.Framing);
        ReadOnlySpan<byte> bytes = made.Bytes;
        var digest = new Digest();
        foreach (var cut in cuts)
        {
            var piece = bytes[..cut];
            bytes = bytes[cut..];
            while (records.TryRead(ref piece, out var record))
            {
                digest.Add(record.Data);
            }
        }

        while (records.TryReadUnfinished(out var last))
        {
            digest.Add(last.Data);
        }

        digest.Add(records.Text);
        return digest;
    }

    private static byte[] Edit(Case made, Translation editor)
    {
        using var records = new RecordReader(made.Framing);
        ReadOnlySpan<byte> bytes = made.Bytes;
        var (isOpen, calls) = (true, 0);
        try
        {
            foreach (var cut in made.Cuts)
            {
                var piece = bytes[..cut];
                bytes = bytes[cut..];
                while (isOpen && records.TryRead(ref piece, out var record))
                {
                    Assert.InRange(++calls, 0, made.Bytes.Length);
                    isOpen = editor.TryRead(record);
                }
            }

            while (isOpen && records.TryReadUnfinished(out var last))
            {
                isOpen = editor.TryRead(last);
            }
        }
        catch (SseLimitException)
        {
            // A record that is too long.
        }

        return records.Text.ToArray();
    }

    private sealed record Case(byte[] Bytes, int[] Cuts, RecordFraming Framing, OutputFormat Format);

    /// <summary>Every chunk is JSON of the contract on one line; together they make a completion that is JSON too.</summary>
    private sealed class ChunkCheck(Case made) : IChunkOutput
    {
        private readonly CompletionBuilder _completion = new();
        private Exception? _wrong; // Thrown later, because the editor handles some exceptions as faults of the model server.

        public int Count { get; private set; }

        public bool Write(ReadOnlySpan<byte> chunk)
        {
            Count++;
            try
            {
                Check(chunk);
            }
            catch (Exception exception)
            {
                _wrong ??= exception;
                throw;
            }

            return _completion.Write(chunk);
        }

        public void AssertCompletion()
        {
            if (_wrong is not null)
            {
                throw new InvalidOperationException($"A chunk is wrong: {_wrong.Message}", _wrong);
            }

            var json = new ArrayBufferWriter<byte>();
            _completion.WriteTo(json);
            new ChunkLayout().Read(json.WrittenSpan);
        }

        private void Check(ReadOnlySpan<byte> chunk)
        {
            Assert.InRange(Count, 0, 2 * made.Bytes.Length);
            Assert.False(chunk.ContainsAny((byte)'\n', (byte)'\r'));
            var layout = new ChunkLayout();
            layout.Read(chunk);
            Assert.Equal(JsonTokenType.StartArray, layout.Choices.Type);
            Assert.Equal($"\"{made.Format.Object}\"", System.Text.Encoding.UTF8.GetString(layout.Object.Value(chunk)));
            Assert.Equal("\"r1\"", System.Text.Encoding.UTF8.GetString(layout.Model.Value(chunk)));
            for (var i = 0; i < layout.ChoiceCount; i++)
            {
                Assert.True(layout.Choice(i).IndexMember.Exists && layout.Choice(i).FinishReason.Exists);
                Assert.True(layout.Choice(i).Delta.Type == JsonTokenType.StartObject || !made.Format.IsChat);
            }
        }
    }
}
