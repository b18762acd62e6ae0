using System.IO.Compression;

namespace LambdaChat.ReplyStore;

/// <summary>The compressed form of a stored request: text and tools become a quarter as long.</summary>
internal static class Compression
{
    private const int Quality = 4;
    private const int Window = 22;

    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        var output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, output, out var length, Quality, Window)
            ? output[..length]
            : throw new InvalidOperationException("The output is too short.");
    }

    /// <exception cref="ReplyStoreException">The bytes are damaged, or longer than any request.</exception>
    public static byte[] Decompress(byte[] bytes, int maximum)
    {
        using var input = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var output = new MemoryStream();
        try
        {
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = input.Read(buffer)) > 0)
            {
                output.Write(buffer, 0, count);
                if (output.Length > maximum)
                {
                    throw new ReplyStoreException("A stored request is too long.");
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw new ReplyStoreException("A stored request is damaged.", exception);
        }

        return output.ToArray();
    }
}
