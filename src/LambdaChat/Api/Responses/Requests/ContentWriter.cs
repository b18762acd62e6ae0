using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The content of one message: texts joined by line ends, and images. It may have several messages of a client, which are joined by empty
/// lines. Without an image it is a string, which every chat template accepts. Texts are escaped as in JSON.
/// </summary>
internal sealed class ContentWriter
{
    private static readonly string[] TextParts = ["input_text", "output_text", "refusal"];

    private readonly ByteBuffer _parts = new(256);
    private readonly ByteBuffer _text = new(256);
    private bool _hasText;
    private bool _isAtStart; // Of a message after the first one.

    /// <summary>True before the first message, text and image.</summary>
    public bool IsEmpty => !_hasText && Images == 0;

    /// <summary>The number of images.</summary>
    public int Images { get; private set; }

    /// <summary>Starts a message of the client, which may have no text.</summary>
    public void StartMessage() => (_hasText, _isAtStart) = (true, _hasText);

    public void AddText(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> separator)
    {
        separator = !_isAtStart ? separator : escaped.IsEmpty ? default : "\\n\\n"u8;
        _text.Append(_text.Length > 0 ? separator : default);
        _text.Append(escaped);
        (_hasText, _isAtStart) = (true, _isAtStart && escaped.IsEmpty);
    }

    /// <summary>Adds the content of an item: a string or an array of parts.</summary>
    /// <param name="images">Receives images; null where they are refused.</param>
    /// <exception cref="ErrorResponseException">The content is malformed, or has a part that is not supported.</exception>
    public void Add(RequestItem content, ContentWriter? images)
    {
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            AddText(content.Escaped, "\\n"u8);
            return;
        }

        foreach (var part in content.Expect(FieldType.Content).Objects())
        {
            AddPart(part, images);
        }
    }

    /// <summary>Writes the value of <c>content</c>.</summary>
    public void WriteTo(ByteBuffer output)
    {
        if (Images == 0)
        {
            output.Append("\""u8);
            output.Append(_text.Span);
            output.Append("\""u8);
            return;
        }

        FlushText();
        output.Append("["u8);
        output.Append(_parts.Span);
        output.Append("]"u8);
    }

    /// <summary>The texts, where there is no image.</summary>
    public ReadOnlySpan<byte> Text => _text.Span;

    /// <summary>The same; null before the first message and text.</summary>
    public ReadOnlyMemory<byte>? Value => IsEmpty ? (ReadOnlyMemory<byte>?)null : _text.Memory;

    public void Clear()
    {
        _parts.Clear();
        _text.Clear();
        (_hasText, _isAtStart, Images) = (false, false, 0);
    }

    private void AddPart(RequestItem part, ContentWriter? images)
    {
        switch (part.Type)
        {
            case "input_text" or "output_text" or "text" or "summary_text" or "reasoning_text":
                AddText(part.Text("text").Escaped, "\\n"u8);
                break;
            case "encrypted_content" when !IsEncrypted(part): // Codex calls the text so, without an encryption by OpenAI's servers.
                AddText(part.Text("encrypted_content").Escaped, "\\n"u8);
                break;
            case "encrypted_content":
                AddText("[The message is encrypted for another server.]"u8, "\\n"u8);
                break;
            case "refusal":
                AddText(part.Text("refusal").Escaped, "\\n"u8);
                break;
            case "input_image" when images is not null:
                images.AddImage(part);
                break;
            case "input_image":
                throw part.Unsupported("type", TextParts, "Images are supported in user messages and in outputs of tools.");
            case var type:
                var hint = type == "input_file" ? "Files are not supported: send their text as input_text." : null;
                throw part.Unsupported("type", ["input_image", .. TextParts], hint);
        }
    }

    // OpenAI's servers encrypt with Fernet, whose first byte and time stamp begin every token.
    private static bool IsEncrypted(RequestItem part) => part.Text("encrypted_content").Escaped.StartsWith("gAAAAA"u8);

    private void AddImage(RequestItem part)
    {
        if (part.FindText("image_url") is not { } url)
        {
            throw part.Missing("image_url", FieldType.String, "an https or data URL: ids of files are not supported");
        }

        FlushText();
        Images++;
        _parts.Append(_parts.Length > 0 ? ","u8 : default);
        _parts.Append("{\"type\":\"image_url\",\"image_url\":{\"url\":"u8);
        _parts.Append(url.Raw);
        if (part.FindText("detail")?.Value.GetString() is { } detail)
        {
            _parts.Append(detail switch // Model servers know three names only.
            {
                "low" => ",\"detail\":\"low\""u8,
                "high" or "original" => ",\"detail\":\"high\""u8,
                "auto" => ",\"detail\":\"auto\""u8,
                _ => default,
            });
        }

        _parts.Append("}}"u8);
    }

    private void FlushText()
    {
        if (_text.Length > 0)
        {
            _parts.Append(_parts.Length > 0 ? ","u8 : default);
            _parts.Append("{\"type\":\"text\",\"text\":\""u8);
            _parts.Append(_text.Span);
            _parts.Append("\"}"u8);
            _text.Clear();
        }
    }
}
