using System.Net;
using System.Security.Cryptography;

namespace LambdaChat.Upstream;

/// <summary>
/// A JSON request body in pieces, which are sent in order without joining them. It can be sent more than once.
/// Index loops replace <c>foreach</c>, whose generic enumerator a cold start would have to compile.
/// </summary>
internal sealed class SplicedContent : HttpContent
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _pieces;

    public SplicedContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        _pieces = pieces;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>SHA-256 of all pieces, lower-case hexadecimal.</summary>
    public string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < _pieces.Count; i++)
        {
            hash.AppendData(_pieces[i].Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _pieces.Count; i++)
        {
            await stream.WriteAsync(_pieces[i], cancellationToken);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        for (var i = 0; i < _pieces.Count; i++)
        {
            length += _pieces[i].Length;
        }

        return true;
    }
}
