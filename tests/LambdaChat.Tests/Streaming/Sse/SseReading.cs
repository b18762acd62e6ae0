using System.Text;
using LambdaChat.Streaming.Sse;

namespace LambdaChat.Tests.Streaming.Sse;

/// <summary>The events that a reassembler has read from a stream, as copies.</summary>
internal sealed record Event(string Data, string Type = "message", string LastEventId = "")
{
    public static Event Copy(SseEvent sseEvent) =>
        new(Encoding.UTF8.GetString(sseEvent.Data), Encoding.UTF8.GetString(sseEvent.Type), Encoding.UTF8.GetString(sseEvent.LastEventId));
}

internal static class SseReading
{
    /// <summary>Feeds the pieces one by one; takes the block without a blank line too where <paramref name="takesUnfinished"/>.</summary>
    public static List<Event> Feed(this SseReassembler reassembler, IEnumerable<ReadOnlyMemory<byte>> pieces, bool takesUnfinished = false)
    {
        var events = new List<Event>();
        reassembler.Feed(pieces, events);
        if (takesUnfinished && reassembler.TryReadUnfinished(out var unfinished))
        {
            events.Add(Event.Copy(unfinished));
        }

        return events;
    }

    public static void Feed(this SseReassembler reassembler, IEnumerable<ReadOnlyMemory<byte>> pieces, List<Event> events)
    {
        foreach (var piece in pieces)
        {
            var input = piece.Span;
            while (reassembler.TryRead(ref input, out var sseEvent))
            {
                events.Add(Event.Copy(sseEvent));
            }

            Assert.True(input.IsEmpty);
        }
    }
}
