using System.Text.Json;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The size of a prompt: its bytes without those of parts that are not text, and the number of these parts. Model servers count the tokens
/// of an image, an audio or a video by its size, which a request does not contain. Source for the forms:
/// https://docs.vllm.ai/en/latest/features/multimodal_inputs.html
/// </summary>
internal readonly record struct PromptSize(long TextBytes, long Parts)
{
    private static readonly string[] Members = ["messages", "prompt", "input"];

    private const int MaximumEscapedName = 256; // Bytes. The longest name has 16 characters.

    private static readonly JsonReaderOptions Options = new() { MaxDepth = RequestValidator.MaximumDepth };

    public static PromptSize operator +(PromptSize left, PromptSize right) =>
        new(left.TextBytes + right.TextBytes, left.Parts + right.Parts);

    public static PromptSize operator *(PromptSize size, long count) => new(size.TextBytes * count, size.Parts * count);

    /// <summary>The size of a whole request.</summary>
    public static PromptSize Of(RequestJson json)
    {
        var size = new PromptSize(json.Body.Length, 0);
        foreach (var names in (ReadOnlySpan<string[]>)[Members, PromptItems.First, PromptItems.Second])
        {
            foreach (var name in names)
            {
                size += PartsOf(json, name);
            }
        }

        return size;
    }

    /// <summary>The size of a JSON value.</summary>
    public static PromptSize Of(ReadOnlySpan<byte> value)
    {
        var (other, named, typed) = (0L, 0L, 0L);
        var reader = new Utf8JsonReader(value, Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isPart = IsOther(reader);
            var isType = reader.ValueTextEquals("type"u8);
            var isCall = reader.ValueTextEquals("tool_calls"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String && IsOther(reader))
            {
                typed++;
            }

            if ((isPart && reader.TokenType != JsonTokenType.Null) || isCall)
            {
                var start = reader.TokenStartIndex;
                reader.Skip();
                other += isPart ? reader.BytesConsumed - start : 0;
                named += isPart ? 1 : 0;
            }
        }

        return new PromptSize(value.Length - other, Math.Max(named, typed)); // A part has a type, a member with the content, or both.
    }

    // The parts of a member, without their bytes.
    private static PromptSize PartsOf(RequestJson json, string name) =>
        json.Find(name) is { Type: JsonTokenType.StartArray or JsonTokenType.StartObject } member
            ? Of(json.Value(member)) + new PromptSize(member.ValueStart - member.ValueEnd, 0)
            : default;

    // The names of the types of parts and of the members with their content: image_url, input_audio, video_url, file_data.
    private static bool IsOther(in Utf8JsonReader reader)
    {
        Span<byte> plain = stackalloc byte[MaximumEscapedName];
        var name = !reader.ValueIsEscaped ? reader.ValueSpan
            : reader.ValueSpan.Length <= plain.Length ? plain[..reader.CopyString(plain)]
            : default;

        name = name.StartsWith("input_"u8) ? name["input_".Length..] : name;
        return name.StartsWith("image"u8) || name.StartsWith("audio"u8) || name.StartsWith("video"u8)
            || name.StartsWith("vision"u8) || name.StartsWith("file"u8) || name.StartsWith("multimodal"u8);
    }
}
