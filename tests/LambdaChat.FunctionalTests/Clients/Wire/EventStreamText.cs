using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// The events of a stream in the only form that every client of the two APIs reads: <c>event:</c> and one <c>data:</c> line, each with a
/// space, LF alone, a blank line after each event; comments are excluded. Source: the readers of npm openai, npm @anthropic-ai/sdk,
/// openresponses/openresponses <c>src/lib/sse-parser.ts</c> and RooCodeInc/Roo-Code.
/// </summary>
internal sealed record EventStreamText(IReadOnlyList<(string? Name, JsonObject Data)> Events, bool IsDone, IReadOnlyList<string> Faults)
{
    public const string Done = "[DONE]";

    /// <param name="text">The body.</param>
    /// <param name="isWhole">False if the client left, so that the last event may be cut.</param>
    public static EventStreamText Parse(string text, bool isWhole)
    {
        var events = new List<(string?, JsonObject)>();
        var faults = new List<string>();
        var blocks = text.Split("\n\n");
        if (isWhole && blocks[^1] != "")
        {
            faults.Add($"the last event has no blank line: {blocks[^1]}");
        }

        if (text.Contains('\r'))
        {
            faults.Add("a line ends with CR");
        }

        var isDone = false;
        foreach (var block in blocks[..^1])
        {
            var lines = block.Split('\n').Where(static line => line is not [':', ..]).ToList();
            if (isDone && lines.Count > 0)
            {
                faults.Add($"{block} is behind {Done}");
            }

            switch (lines)
            {
                case []:
                    break;
                case [$"data: {Done}"]:
                    isDone = true;
                    break;
                case [['e', 'v', 'e', 'n', 't', ':', ' ', .. var name], ['d', 'a', 't', 'a', ':', ' ', .. var data]]
                    when TryParse(data) is { } json:
                    events.Add((name, json));
                    break;
                default:
                    faults.Add($"{block} is not an event line and a data line");
                    break;
            }
        }

        return new EventStreamText(events, isDone, faults);
    }

    private static JsonObject? TryParse(string data)
    {
        try
        {
            return JsonNode.Parse(data) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
