using System.Security.Cryptography;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>The ids of one response and its items: they cannot be guessed, and each item keeps its own.</summary>
internal sealed class ResponseIds
{
    private readonly byte[] _random = System.Text.Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(40, lowercase: true));

    /// <summary>Appends the id of the response.</summary>
    public void AppendResponse(ByteBuffer output)
    {
        output.Append("resp_"u8);
        output.Append(_random);
    }

    /// <summary>Appends the id of an item.</summary>
    /// <param name="prefix">The kind of the item, with an underscore.</param>
    /// <param name="index">The position of the item in the output.</param>
    public void AppendItem(ByteBuffer output, ReadOnlySpan<byte> prefix, int index)
    {
        output.Append(prefix);
        output.Append(_random);
        output.AppendNumber(index);
    }
}
