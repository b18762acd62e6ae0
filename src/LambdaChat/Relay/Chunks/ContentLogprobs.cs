using System.Text;
using System.Text.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Chunks;

/// <summary>
/// The logprobs of a choice with thinking and answer: those of the thinking, and those of the answer. The tokens of the answer are found by
/// its text, because the tokens between thinking and answer, and those behind the answer, have no text in the chunk.
/// </summary>
internal static class ContentLogprobs
{
    /// <summary>Divides the logprobs where the answer begins. If the answer is not found in the tokens, all are before it.</summary>
    public static LogprobsSplit Divide(in Chunk chunk, in ChoiceLayout choice) =>
        LogprobsSplit.At(chunk.Json, choice, StartOfContent(chunk.Json, choice));

    /// <summary>Writes the value of <c>logprobs</c>: <c>null</c> if the answer is empty, or is not found in the tokens.</summary>
    public static void Write(in Chunk chunk, in ChoiceLayout choice, ByteBuffer output)
    {
        var logprobs = Divide(chunk, choice);
        if (logprobs.Start == 0 || chunk.Json[logprobs.SecondStart] != (byte)'{')
        {
            output.Append("null"u8);
            return;
        }

        output.Append(chunk.Json[choice.Logprobs.ValueStart..logprobs.Start]);
        output.Append(chunk.Json[logprobs.SecondStart..choice.Logprobs.ValueEnd]);
    }

    // The length of the tokens before the answer in UTF-8; more than all tokens if the answer is not found.
    private static int StartOfContent(ReadOnlySpan<byte> json, in ChoiceLayout choice)
    {
        if (!choice.Content.HasText || !choice.HasLogprobs)
        {
            return int.MaxValue;
        }

        using var logprobs = JsonDocument.Parse(choice.Logprobs.Value(json).ToArray());
        var text = new ByteBuffer(256);
        if (logprobs.RootElement.TryGetProperty("content", out var tokens) && tokens.ValueKind == JsonValueKind.Array)
        {
            foreach (var token in tokens.EnumerateArray())
            {
                AppendText(token, text);
            }
        }

        var reader = new Utf8JsonReader(choice.Content.Value(json));
        reader.Read();
        var content = Encoding.UTF8.GetBytes(reader.GetString()!);
        return text.Span.LastIndexOf(content) is var start and >= 0 ? start : int.MaxValue;
    }

    // A token can be a part of a character: its bytes are then not those of its text.
    private static void AppendText(JsonElement token, ByteBuffer text)
    {
        if (token.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (token.TryGetProperty("bytes", out var bytes) && bytes.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in bytes.EnumerateArray())
            {
                text.Append([element.TryGetByte(out var value) ? value : (byte)'?']);
            }
        }
        else if (token.TryGetProperty("token", out var name) && name.ValueKind == JsonValueKind.String)
        {
            text.Append(Encoding.UTF8.GetBytes(name.GetString()!));
        }
    }
}
