using System.Text;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Replies;

/// <summary>
/// The thinking of a message. If the client asks for no thinking text, the signature contains it, so that the model can read it in the next
/// turn. Source: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
/// </summary>
internal sealed class MessageThinking(bool isOmitted) : IDisposable
{
    private const int MaximumLength = 1024 * 1024; // Bytes of a signature. Longer thinking is lost for the next turn.

    private readonly ByteBuffer? _text = isOmitted ? new ByteBuffer(1024, isPooled: true) : null;

    // Clients return a signature unchanged. It is not checked: model servers do not sign their thinking.
    private static ReadOnlySpan<byte> Unsigned => "bm90IHNpZ25lZA=="u8;

    /// <summary>
    /// Keeps a piece of the thinking, escaped as in JSON, for the signature. False if the client receives the text itself.
    /// </summary>
    public bool TryOmit(ReadOnlySpan<byte> escaped)
    {
        if (_text is { Length: <= MaximumLength })
        {
            _text.Append(escaped);
        }

        return isOmitted;
    }

    /// <summary>Ends a block of thinking with its signature.</summary>
    public void WriteSignature(ByteBuffer output)
    {
        output.Append(_text is { Length: > 0 and <= MaximumLength }
            ? Encoding.ASCII.GetBytes(ThinkingEnvelope.Encode(_text.Span))
            : Unsigned);
        _text?.Clear();
    }

    public void Dispose() => _text?.Return();
}
