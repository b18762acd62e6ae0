using System.Buffers.Binary;
using System.Text;

namespace LambdaChat.FunctionalTests.Telemetry;

/// <summary>
/// Reads the fields of a protobuf message by number, as far as OTLP needs them. Source:
/// https://protobuf.dev/programming-guides/encoding/
/// </summary>
internal sealed class Protobuf
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public Protobuf(ReadOnlyMemory<byte> message)
    {
        for (var rest = message; rest.Length > 0;)
        {
            var tag = ReadVarint(ref rest);
            var (value, bytes) = (tag & 7) switch
            {
                0 => (ReadVarint(ref rest), default),
                1 => (BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, 8).Span), default),
                2 => (0UL, Take(ref rest, (int)ReadVarint(ref rest))),
                5 => (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4).Span), default(ReadOnlyMemory<byte>)),
                var type => throw new InvalidDataException($"Wire type {type}."),
            };
            _fields.Add(((int)(tag >> 3), value, bytes));
        }
    }

    public IEnumerable<Protobuf> Messages(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new Protobuf(field.Bytes));

    public Protobuf? Message(int number) => Messages(number).FirstOrDefault();

    public bool Has(int number) => _fields.Any(field => field.Number == number);

    public string Text(int number) => Encoding.UTF8.GetString(_fields.FirstOrDefault(field => field.Number == number).Bytes.Span);

    public string Hex(int number) => Convert.ToHexStringLower(_fields.FirstOrDefault(field => field.Number == number).Bytes.Span);

    public ReadOnlyMemory<byte> Bytes(int number) => _fields.FirstOrDefault(field => field.Number == number).Bytes;

    public ulong Number(int number) => _fields.FirstOrDefault(field => field.Number == number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    /// <summary>OTLP's <c>KeyValue</c> messages as names and texts.</summary>
    public Dictionary<string, string> Attributes(int number) => Messages(number).ToDictionary(
        pair => pair.Text(1),
        pair => pair.Message(2) is not { } value ? "" : value.Has(1)
            ? value.Text(1)
            : ((long)value.Number(3)).ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref rest, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
