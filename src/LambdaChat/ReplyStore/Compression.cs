using System.IO.Compression;

namespace LambdaChat.ReplyStore;

/// <summary>Compresses stored requests. Text and tools shrink to about a third.</summary>
internal static class Compression
{
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest))
        {
            deflate.Write(bytes);
        }

        return output.ToArray();
    }

    /// <exception cref="ReplyStoreException">The bytes are damaged, or longer than any request.</exception>
    public static byte[] Decompress(byte[] bytes, int maximum)
    {
        using var input = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
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
        catch (InvalidDataException exception)
        {
            throw new ReplyStoreException("A stored request is damaged.", exception);
        }

        return output.ToArray();
    }
}
