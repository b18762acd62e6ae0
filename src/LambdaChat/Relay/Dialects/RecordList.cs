using System.Text.Json;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Relay.Dialects;

/// <summary>Consecutive records in one reused buffer. Spans are valid until the next change.</summary>
internal sealed class RecordList
{
    private readonly List<int> _ends = [];

    /// <summary>The bytes of the record that is being written. <see cref="End"/> ends it.</summary>
    public ByteBuffer Bytes { get; } = new(256);

    public int Count => _ends.Count;

    public ReadOnlySpan<byte> this[int i] => Bytes.Span[(i == 0 ? 0 : _ends[i - 1]).._ends[i]];

    public void Clear()
    {
        _ends.Clear();
        Bytes.Clear();
    }

    /// <summary>Ends the record that is being written.</summary>
    public void End() => _ends.Add(Bytes.Length);

    /// <summary>Adds a record.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        Bytes.Append(record);
        End();
    }

    /// <summary>Adds a JSON object.</summary>
    public void Add(Action<Utf8JsonWriter> writeMembers)
    {
        using (var writer = new Utf8JsonWriter(Bytes, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        End();
    }
}
