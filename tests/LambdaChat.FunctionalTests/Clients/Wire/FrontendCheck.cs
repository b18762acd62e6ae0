using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Clients.Wire;

/// <summary>
/// Checks the response that a chat page received from <c>POST /api/chat</c> or <c>POST /ag-ui</c>: one JSON object for each event, without
/// null, and the last event. The clients themselves check the order of the events.
/// </summary>
internal static class FrontendCheck
{
    private static readonly string[] Last = ["finish", "error", "RUN_FINISHED", "RUN_ERROR"];

    public static IReadOnlyList<string> FindFaults(Exchange exchange)
    {
        if (exchange.ContentType != "text/event-stream" || !exchange.IsWhole)
        {
            return [];
        }

        var faults = new List<string>();
        var isUiMessages = exchange.Path.StartsWith("/api/chat", StringComparison.Ordinal);
        var data = exchange.Response.Split("\n\n").Where(static block => block is not ("" or [':', ..])).ToList();
        if (exchange.Response.Contains('\r') || !exchange.Response.EndsWith("\n\n", StringComparison.Ordinal))
        {
            faults.Add("a line ends with CR, or the last event has no blank line");
        }

        if ((data[^1] == "data: [DONE]") != isUiMessages)
        {
            faults.Add($"the last line is {data[^1]}");
        }

        var events = data.Where(static block => block != "data: [DONE]").Select(Parse).ToList();
        faults.AddRange(
            events.Zip(data).Where(static pair => pair.First is null || HasNull(pair.First)).Select(static pair => pair.Second));
        if (!Last.Contains((string?)events[^1]?["type"]) || events.SkipLast(1).Any(item => Last.Contains((string?)item?["type"])))
        {
            faults.Add("the last event is missing, or not the last");
        }

        return faults;
    }

    private static bool HasNull(JsonObject item) => item.Any(static member => member.Value is null);

    private static JsonObject? Parse(string block)
    {
        try
        {
            // Old clients must skip the events of thinking.
            return block.StartsWith("data: ", StringComparison.Ordinal)
                || block.StartsWith("data:{\"type\":\"REASONING_", StringComparison.Ordinal)
                    ? JsonNode.Parse(block[5..]) as JsonObject
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
