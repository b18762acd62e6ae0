using System.IO.Compression;
using System.Security.Cryptography;

namespace LambdaChat.Page;

/// <summary>A file of the page: its bytes, the bytes compressed, and an ETag of its content.</summary>
internal sealed class PageFile
{
    private PageFile(string contentType, byte[] bytes)
    {
        ContentType = contentType;
        Bytes = bytes;
        Compressed = Compress(bytes);
        Tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\""; // Weak, because both representations share it.
    }

    public string ContentType { get; }

    public byte[] Bytes { get; }

    /// <summary>The bytes, compressed with gzip.</summary>
    public byte[] Compressed { get; }

    public string Tag { get; }

    /// <summary>Returns null for a type that the page does not use.</summary>
    public static PageFile? Read(string name, byte[] bytes) =>
        ContentTypeOf(Path.GetExtension(name)) is { } type ? new PageFile(type, bytes) : null;

    private static string? ContentTypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".json" => "application/json; charset=utf-8",
        "" => "text/plain; charset=utf-8", // The licence of a library.
        ".svg" => "image/svg+xml",
        ".bcmap" => "application/octet-stream", // A character map of pdfjs-dist.
        ".webmanifest" => "application/manifest+json; charset=utf-8",
        _ => null,
    };

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
