using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Writes the events of a response, each with a sequence number that rises by one. Source:
/// https://platform.openai.com/docs/api-reference/responses-streaming
/// </summary>
/// <param name="after">Events with at most this number are counted, but not written.</param>
internal sealed class EventWriter(ByteBuffer output, long after = -1)
{
    private int _start;

    /// <summary>The number of the next event.</summary>
    public long Number { get; set; }

    /// <summary>Begins an event, up to its number.</summary>
    public void Begin(ReadOnlySpan<byte> type)
    {
        _start = output.Length;
        output.Append("event: "u8);
        output.Append(type);
        output.Append("\ndata: {\"type\":\""u8);
        output.Append(type);
        output.Append("\",\"sequence_number\":"u8);
        output.AppendNumber(Number++);
    }

    /// <summary>Appends members, each after a comma.</summary>
    public ByteBuffer Members => output;

    public void End()
    {
        output.Append("}\n\n"u8);
        if (Number - 1 <= after)
        {
            output.Truncate(_start);
        }
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
