using LambdaChat.Streaming;

namespace LambdaChat.Api.Requests.Conversations;

/// <summary>
/// The content of adjacent user messages: texts, joined by an empty line, and images. Without an image it is a string, which every chat
/// template accepts.
/// </summary>
internal sealed class UserContent
{
    private readonly ByteBuffer _parts = new(256);
    private readonly JoinedText _text = new();
    private bool _hasImage;

    /// <summary>True if a message was added, even one without text.</summary>
    public bool HasMessage { get; private set; }

    public void AddText(ReadOnlySpan<byte> escaped)
    {
        HasMessage = true;
        _text.Add(escaped);
    }

    /// <param name="url">A URL, escaped as in JSON.</param>
    public void AddImage(ReadOnlySpan<byte> url)
    {
        StartImage();
        _parts.Append(url);
        _parts.Append("\"}}"u8);
    }

    /// <param name="mediaType">The type of the image, escaped as in JSON.</param>
    /// <param name="data">The image in Base64, escaped as in JSON.</param>
    public void AddImage(ReadOnlySpan<byte> mediaType, ReadOnlySpan<byte> data)
    {
        StartImage();
        _parts.Append("data:"u8);
        _parts.Append(mediaType);
        _parts.Append(";base64,"u8);
        _parts.Append(data);
        _parts.Append("\"}}"u8);
    }

    /// <summary>Writes the message, if there is one, and resets this object.</summary>
    public void Flush(ByteBuffer output)
    {
        if (!HasMessage)
        {
            return;
        }

        ChatJson.Append(output, "{\"role\":\"user\",\"content\":"u8);
        if (_hasImage)
        {
            FlushText();
            output.Append("["u8);
            output.Append(_parts.Span);
            output.Append("]}"u8);
        }
        else
        {
            output.Append("\""u8);
            output.Append(_text.Span);
            output.Append("\"}"u8);
        }

        _parts.Clear();
        _text.Clear();
        (HasMessage, _hasImage) = (false, false);
    }

    private void StartImage()
    {
        HasMessage = _hasImage = true;
        FlushText();
        ChatJson.Append(_parts, "{\"type\":\"image_url\",\"image_url\":{\"url\":\""u8);
    }

    private void FlushText()
    {
        if (!_text.IsEmpty)
        {
            ChatJson.Append(_parts, "{\"type\":\"text\",\"text\":\""u8);
            _parts.Append(_text.Span);
            _parts.Append("\"}"u8);
            _text.Clear();
        }
    }
}
