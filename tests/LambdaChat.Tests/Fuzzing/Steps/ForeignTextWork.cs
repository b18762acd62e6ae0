using System.Text;
using System.Text.Json;
using LambdaChat.Api.Replies;
using LambdaChat.Api.Requests;
using LambdaChat.Models;
using LambdaChat.Relay.Chunks;
using LambdaChat.Relay.Records;
using LambdaChat.Streaming.EventStream;
using LambdaChat.Streaming.Sse;
using LambdaChat.Tests.Relay.Chunks;
using LambdaChat.Tests.Support;
using LambdaChat.Upstream.Errors;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>The readers of texts of callers and model servers, each with a text that repeats its worst case.</summary>
public static class ForeignTextWork
{
    private static readonly Dictionary<string, Action<string>> Readers = new()
    {
        ["error"] = text => ContainerMessage.Read(text, status: null),
        ["error in JSON"] = text => ContainerMessage.Read($"{{\"error\":{{\"message\":{Quote(text)}}}}}", status: null),
        ["error of SageMaker"] = text => ContainerMessage.Read(
            $"Received server error (500) from x with message \"{text}\". See y", status: null),
        ["earlier reply"] = text => VisibleErrorText.Remove(text + "]"),
        ["request"] = text => new RequestValidator(RequestLimits.Default).Find(Encoding.UTF8.GetBytes($"{{\"a\":{Quote(text)}}}")),
        ["records"] = text => Translate(text),
        ["event"] = text => Translate($"data: {text}\n\n"),
        ["content"] = text => Translate(Chunk($"\"content\":{Quote(text)}")),
        ["contents"] = text => TranslateEach(text, piece => Chunk($"\"content\":{Quote(piece)}")),
        ["reasoning"] = text => Translate(Chunk($"\"reasoning\":{Quote(text)}")),
        ["reasoning contents"] = text => TranslateEach(text, piece => Chunk($"\"reasoning_content\":{Quote(piece)}")),
        ["refusal"] = text => Translate(Chunk($"\"refusal\":{Quote(text)}")),
        ["unknown member"] = text => Translate(Chunk($"\"x\":{Quote(text)},\"content\":\"a\"")),
        ["content parts"] = text => Translate(Chunk($"\"content\":[{{\"type\":\"text\",\"text\":{Quote(text)}}}]")),
        ["arguments"] = text => TranslateEach(text, piece => Chunk(
            $"\"tool_calls\":[{{\"index\":0,\"id\":\"a\",\"function\":{{\"name\":\"f\",\"arguments\":{Quote(piece)}}}}}]")),
        ["tool calls"] = text => Translate(Chunk(
            $"\"tool_calls\":[{string.Join(',', Enumerable.Repeat("{\"index\":0,\"function\":{\"arguments\":\"1\"}}", text.Length / 50))}]")),
        ["legacy function call"] = text => TranslateEach(text, piece => Chunk(
            $"\"function_call\":{{\"name\":\"f\",\"arguments\":{Quote(piece)}}}")),
        ["tokens"] = text => TranslateEach(text, piece =>
            $"data:{{\"index\":1,\"token\":{{\"id\":1,\"text\":{Quote(piece)},\"special\":false}},\"generated_text\":null}}\n\n"),
        ["generated text"] = text => Translate($"[{{\"generated_text\":{Quote(text)}}}]"),
        ["whole completion"] = text => Translate(
            $"{{\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":{Quote(text)}}},\"finish_reason\":\"stop\"}}]}}"),
        ["finish reason"] = text => Translate(
            $"{{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":{Quote(text)}}}]}}\n"),
        ["error event"] = text => Translate($"event: error\ndata: {text}\n\n"),
        ["error member"] = text => Translate($"{{\"error\":{{\"message\":{Quote(text)},\"type\":{Quote(text)}}}}}\n"),
        ["comments"] = text => Translate(string.Concat(Enumerable.Repeat(": x\n", text.Length / 4))),
        ["completions of chats"] = text => Translate(
            Chunk($"\"content\":{Quote(text)}"), ChunkLog.Contract() with { Object = OutputFormat.TextCompletion }),
        ["frames"] = text => Decode(Encoding.UTF8.GetBytes(text)),
    };

    public static IEnumerable<string> Names => Readers.Keys.Concat(ApiTextWork.Readers.Keys);

    /// <summary>Counts the steps of a reader for a text of this length.</summary>
    public static long Count(string reader, string unit, int length)
    {
        var text = string.Concat(Enumerable.Repeat(unit, length / unit.Length));
        return StepCounter.Of(() => (Readers.GetValueOrDefault(reader) ?? ApiTextWork.Readers[reader])(text));
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    // A line of JSON may be longer than an event.
    private static string Chunk(string delta) => $"{{\"choices\":[{{\"index\":0,\"delta\":{{{delta}}}}}]}}\n";

    private static void TranslateEach(string text, Func<string, string> record) =>
        Translate(string.Concat(text.Chunk(64).Select(piece => record(new string(piece)))));

    private static void Translate(string payload, OutputFormat? format = null)
    {
        var translation = new Translation(format ?? ChunkLog.Contract(think: ThinkMode.Auto), new NoOutput());
        using var reader = new RecordReader(RecordFraming.Auto);
        foreach (var part in Encoding.UTF8.GetBytes(payload).Chunk(4096))
        {
            ReadOnlySpan<byte> rest = part;
            try
            {
                while (reader.TryRead(ref rest, out var record))
                {
                    translation.TryRead(record);
                }
            }
            catch (SseLimitException)
            {
                break; // A line or an event of 1 MiB.
            }
        }

        translation.End();
    }

    private static void Decode(byte[] bytes)
    {
        using var decoder = new EventStreamDecoder();
        try
        {
            for (var rest = bytes.AsMemory(); !rest.IsEmpty;)
            {
                var length = Math.Min(rest.Length, decoder.GetMemory().Length);
                rest[..length].CopyTo(decoder.GetMemory());
                decoder.Advance(length);
                rest = rest[length..];
                while (decoder.TryRead(out _))
                {
                    // Counts.
                }
            }
        }
        catch (EventStreamException)
        {
            // A text is no frame.
        }
    }

    private sealed class NoOutput : IChunkOutput
    {
        public bool Write(ReadOnlySpan<byte> chunk) => true;
    }
}
