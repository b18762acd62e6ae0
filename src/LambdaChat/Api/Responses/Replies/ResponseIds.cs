using System.Security.Cryptography;
using System.Text;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>The ids of one response and its items: they cannot be guessed, and each item keeps its own.</summary>
/// <param name="random">The part that they share.</param>
internal sealed class ResponseIds(string random)
{
    private readonly byte[] _random = Encoding.ASCII.GetBytes(random);

    /// <summary>The id of the response.</summary>
    public string Response => $"resp_{random}";

    /// <summary>Creates the shared part of new ids.</summary>
    public static string CreateRandom() => RandomNumberGenerator.GetHexString(40, lowercase: true);

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
