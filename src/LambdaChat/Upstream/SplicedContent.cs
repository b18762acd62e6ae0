using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// A JSON request body in pieces, which are sent in order without joining them. It can be sent more than once.
/// Index loops replace <c>foreach</c>, whose generic enumerator a cold start would have to compile.
/// </summary>
internal sealed class SplicedContent : HttpContent
{
    private static IncrementalHash? _unusedHash; // Creating one takes longer than hashing a short body.

    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _pieces;

    public SplicedContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        _pieces = pieces;
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>The routing hint that is sent in a header; null for none.</summary>
    public RoutingHint? HeaderHint { get; set; }

    /// <summary>The routing hint that is sent as the last member of the body, and not hashed; null for none.</summary>
    public RoutingHint? BodyHint { get; init; }

    /// <summary>The bytes that <see cref="BodyHint"/> adds.</summary>
    public static int MemberLength => Member.Length + RoutingHint.Length + 1;

    private static ReadOnlySpan<byte> Member => ",\"prompt_cache_key\":\""u8;

    /// <summary>SHA-256 of all pieces, lower-case hexadecimal.</summary>
    public string ComputeHash()
    {
        var hash = Interlocked.Exchange(ref _unusedHash, null) ?? IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < _pieces.Count; i++)
        {
            hash.AppendData(_pieces[i].Span);
        }

        var bytes = hash.GetHashAndReset();
        Interlocked.Exchange(ref _unusedHash, hash)?.Dispose();
        return Convert.ToHexStringLower(bytes);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _pieces.Count; i++)
        {
            var isBeforeHint = BodyHint is not null && i == _pieces.Count - 1; // Its last byte is the closing brace.
            await stream.WriteAsync(isBeforeHint ? _pieces[i][..^1] : _pieces[i], cancellationToken);
        }

        if (BodyHint is { } hint)
        {
            var end = ArrayPool<byte>.Shared.Rent(MemberLength + 1);
            try
            {
                Member.CopyTo(end);
                hint.WriteTo(end.AsSpan(Member.Length));
                "\"}"u8.CopyTo(end.AsSpan(MemberLength - 1));
                await stream.WriteAsync(end.AsMemory(0, MemberLength + 1), cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(end);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = BodyHint is null ? 0 : MemberLength;
        for (var i = 0; i < _pieces.Count; i++)
        {
            length += _pieces[i].Length;
        }

        return true;
    }
}
