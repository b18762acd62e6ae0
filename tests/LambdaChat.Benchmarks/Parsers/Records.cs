using System.Text;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Dialects;
using LambdaChat.Relay.Records;

namespace LambdaChat.Benchmarks.Parsers;

/// <summary>The cost of a chunk by kind of edit. An editor processes 1,024 records of one kind, and its output is discarded.</summary>
internal sealed class Records : IChunkOutput
{
    private readonly byte[][] _records;
    private readonly OutputFormat _format;
    private RecordTranslator _translator;
    private readonly byte[][] _longer;
    private readonly bool _isMeasured;
    private byte[]? _last;

    private Records(string name, Func<int, string> record, ThinkMode think = ThinkMode.Off,
        ReasoningOutput reasoning = ReasoningOutput.ReasoningContent, bool keepsText = false)
    {
        (Name, KeepsText) = (name, keepsText);
        _records = [.. Enumerable.Range(0, Wire.Events).Select(i => Encoding.UTF8.GetBytes(record(i)))];
        _format = new OutputFormat("r1", OutputFormat.ChatChunk, "chatcmpl-own", 1) { Think = think, Reasoning = reasoning };
        _translator = Create();
        _longer = [.. _records.Select(record => ToChunk(record) is var chunk && chunk.Length > record.Length ? chunk : record)];
        _isMeasured = true;
    }

    public string Name { get; }

    /// <summary>True if the text is kept for a continuation.</summary>
    public bool KeepsText { get; }

    /// <summary>Every kind that the relay distinguishes.</summary>
    public static IReadOnlyList<Records> All { get; } =
    [
        new("a chunk like the one before", i => Chunk($"\"reasoning\":\" token {i}\"", 0)),
        new("a chunk like the one before, with `continue`", i => Chunk($"\"reasoning\":\" token {i}\"", 0), keepsText: true),
        new("a chunk like the one before, with a line feed", i => Chunk($"\"content\":\" token {i}\\n\"", 0)),
        new("a chunk that passes", i => Chunk("\"content\":\" token\"", i)),
        new("a chunk whose field is renamed", i => Chunk("\"reasoning\":\" token\"", i)),
        new("a chunk under both names", i => Chunk("\"reasoning\":\" token\",\"reasoning_content\":\" token\"", i)),
        new("a chunk inside `<think>`", i => Chunk("\"content\":\" 1 < 2\\n\"", i), ThinkMode.Started),
        new("thinking as `<think>` text", i => Chunk("\"reasoning\":\" token\"", i), reasoning: ReasoningOutput.Think),
        new("a chunk that lacks everything",
            i => $$$"""{"choices":[{"delta":{"content":" token {{{i}}}, and what else a longer one has to say of this and that"}}]}"""),
        new("a token line",
            i => $$"""{"token":{"id":{{i}},"text":" token","logprob":-0.052,"special":false},"generated_text":null,"details":null}"""),
    ];

    /// <summary>Edits all records.</summary>
    public void Edit()
    {
        _translator = KeepsText ? Create() : _translator; // Another reply: a text has a cap.
        foreach (var record in _records)
        {
            if (!_translator.TryRead(new ServerRecord(record, RecordKind.Message)))
            {
                throw new InvalidOperationException($"{Name}: a record is refused.");
            }
        }
    }

    /// <summary>The records, or their chunks where those are longer, read to their end and nothing else.</summary>
    public int Read()
    {
        var tokens = 0;
        foreach (var json in _longer)
        {
            var reader = new System.Text.Json.Utf8JsonReader(json);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (!_isMeasured)
        {
            _last = chunk.ToArray();
        }

        return true;
    }

    private RecordTranslator Create()
    {
        var translator = new RecordTranslator(_format, this);
        if (KeepsText)
        {
            translator.Chunks.KeepText();
        }

        translator.TryRead(
            new ServerRecord("""{"choices":[{"index":0,"delta":{"role":"assistant","content":"<think>x"}}]}"""u8, RecordKind.Message));
        return translator;
    }

    private byte[] ToChunk(byte[] record)
    {
        _translator.TryRead(new ServerRecord(record, RecordKind.Message));
        return _last ?? throw new InvalidOperationException($"{Name}: a record gives no chunk.");
    }

    private static string Chunk(string delta, int i) =>
        "{\"id\":\"chatcmpl-9f86d081884c4d659a2feaa0c55ad015\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,\"model\":\"deepseek-r1\"," +
        $"\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}}],\"n\":{i}}}";
}
