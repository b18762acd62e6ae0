using System.Buffers.Text;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Writes the events of a response, each with a sequence number that rises by one. Source:
/// https://platform.openai.com/docs/api-reference/responses-streaming
/// </summary>
/// <param name="after">Events with at most this number are counted, but not written.</param>
internal sealed class EventWriter(ByteBuffer output, long after = -1)
{
    private const int MaximumDigits = 20;

    private int _start;

    /// <summary>The number of the next event.</summary>
    public long Number { get; set; }

    /// <summary>Begins an event, up to its number.</summary>
    public void Begin(ReadOnlySpan<byte> type)
    {
        _start = output.Length;
        WriteHead(type, output);
        output.AppendNumber(Number++);
    }

    /// <summary>Writes what precedes the number of an event.</summary>
    public static void WriteHead(ReadOnlySpan<byte> type, ByteBuffer output)
    {
        output.Append("event: "u8);
        output.Append(type);
        output.Append("\ndata: {\"type\":\""u8);
        output.Append(type);
        output.Append("\",\"sequence_number\":"u8);
    }

    /// <summary>Writes an event whose parts are prepared, as nearly all events of a reply are.</summary>
    /// <param name="head">What precedes the number: see <see cref="WriteHead"/>.</param>
    /// <param name="members">What is between the number and the text.</param>
    /// <param name="escaped">The text, escaped as in JSON.</param>
    /// <param name="end">What follows the text.</param>
    public void WriteDelta(ReadOnlySpan<byte> head, ReadOnlySpan<byte> members, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> end)
    {
        var number = Number++;
        if (number <= after)
        {
            return;
        }

        var bytes = output.GetSpan(head.Length + MaximumDigits + members.Length + escaped.Length + end.Length);
        head.CopyTo(bytes);
        Utf8Formatter.TryFormat(number, bytes[head.Length..], out var digits);
        var position = head.Length + digits;
        members.CopyTo(bytes[position..]);
        position += members.Length;
        escaped.CopyTo(bytes[position..]);
        position += escaped.Length;
        end.CopyTo(bytes[position..]);
        output.Advance(position + end.Length);
    }

    /// <summary>Where the event is written. Further members follow, each after a comma.</summary>
    public ByteBuffer Members => output;

    public void End()
    {
        output.Append("}\n\n"u8);
        if (Number - 1 <= after)
        {
            output.Truncate(_start);
        }
    }

    /// <summary>Writes an event without content. A client that has all events up to now gets it, too.</summary>
    /// <param name="isCounted">False if it has the number of the event before it.</param>
    public void WriteKeepAlive(bool isCounted)
    {
        Number -= isCounted ? 0 : 1;
        Begin("keepalive"u8);
        output.Append("}\n\n"u8);
    }

    /// <summary>Writes an event with a text at the end of its members.</summary>
    /// <param name="place">The members that say where the text belongs.</param>
    /// <param name="member">A comma, the name of the text, a colon and a quote.</param>
    /// <param name="escaped">The text, escaped as in JSON.</param>
    public void WriteText(ReadOnlySpan<byte> type, ReadOnlySpan<byte> place, ReadOnlySpan<byte> member, ReadOnlySpan<byte> escaped)
    {
        Begin(type);
        output.Append(place);
        output.Append(member);
        output.Append(escaped);
        output.Append("\""u8);
        End();
    }

    /// <summary>Writes an event with a value at the end of its members.</summary>
    public void WriteValue(ReadOnlySpan<byte> type, ReadOnlySpan<byte> place, ReadOnlySpan<byte> member, ReadOnlySpan<byte> json)
    {
        Begin(type);
        output.Append(place);
        output.Append(member);
        output.Append(json);
        End();
    }
}
