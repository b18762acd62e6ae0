using System.Text.Json;

namespace LambdaChat.Relay.Chunks;

/// <summary>A chunk as JSON, and the positions of its parts. Valid until the layout reads another record.</summary>
internal readonly ref struct Chunk(ReadOnlySpan<byte> json, ChunkLayout layout)
{
    public ReadOnlySpan<byte> Json { get; } = json;

    public ChunkLayout Layout { get; } = layout;

    /// <summary>Reads a record into a layout.</summary>
    /// <exception cref="JsonException">The record is not a chunk: see <see cref="ChunkLayout.Read"/>.</exception>
    public static Chunk Read(ReadOnlySpan<byte> json, ChunkLayout layout)
    {
        layout.Read(json);
        return new Chunk(json, layout);
    }
}
