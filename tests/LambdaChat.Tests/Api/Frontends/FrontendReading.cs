using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Api.Frontends;

/// <summary>A reply as a client shows it.</summary>
internal sealed class FrontendReading
{
    /// <summary>The types of all events, in order.</summary>
    public List<string> Types { get; } = [];

    /// <summary>The data of all events, in order.</summary>
    public List<JsonObject> Events { get; } = [];

    /// <summary>The blocks: <c>text:…</c>, <c>thinking:…</c> or <c>id:name:arguments</c>.</summary>
    public List<string> Blocks { get; } = [];

    /// <summary>The sentence that ended the reply; null if it is complete.</summary>
    public string? Error { get; set; }

    /// <summary>The finish reason, in the words of the protocol.</summary>
    public string? Finish { get; set; }

    public JsonObject? Usage { get; set; }

    public string Text => Join("text:");

    public string Thinking => Join("thinking:");

    /// <summary>The tool calls.</summary>
    public IEnumerable<(string Id, string Name, string Arguments)> CallParts => _calls.Select(
        block => (block.Id, block.Name, Blocks[block.Block][(block.Id.Length + block.Name.Length + 2)..]));

    private readonly Dictionary<string, (int Block, StringBuilder Text)> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private readonly List<(string Id, string Name, int Block)> _calls = [];

    /// <summary>Splits a body into events. Every line ends in LF, and every event is one line of data.</summary>
    public static IEnumerable<string> Split(string body)
    {
        Assert.DoesNotContain('\r', body);
        Assert.EndsWith("\n\n", body, StringComparison.Ordinal);
        foreach (var text in body[..^2].Split("\n\n").Where(text => text[0] != ':'))
        {
            Assert.StartsWith("data: ", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', text);
            yield return text[6..];
        }
    }

    /// <summary>Takes an event, which has no null.</summary>
    public JsonObject Take(string json)
    {
        var data = JsonNode.Parse(json)!.AsObject();
        Assert.All(data, member => Assert.True(member.Key == "input" || !HasNull(member.Value), json));
        Events.Add(data);
        Types.Add((string)data["type"]!);
        return data;
    }

    public void Open(string id, string prefix)
    {
        Assert.DoesNotContain(id, _closed);
        _open.Add(id, (Blocks.Count, new StringBuilder(prefix)));
        Blocks.Add(prefix);
    }

    public void OpenCall(string key, string id, string name)
    {
        _calls.Add((id, name, Blocks.Count));
        Open(key, $"{id}:{name}:");
    }

    public void Append(string id, string text)
    {
        _open[id].Text.Append(text);
        Blocks[_open[id].Block] = _open[id].Text.ToString();
    }

    public void Close(string id)
    {
        Assert.True(_open.Remove(id), id);
        Assert.True(_closed.Add(id), id);
    }

    public void AssertAllClosed() => Assert.Empty(_open);

    private static bool HasNull(JsonNode? value) => value switch
    {
        null => true,
        JsonObject item => item.Any(member => HasNull(member.Value)),
        JsonArray list => list.Any(HasNull),
        _ => false,
    };

    private string Join(string prefix) => string.Concat(
        Blocks.Where(block => block.StartsWith(prefix, StringComparison.Ordinal)).Select(block => block[prefix.Length..]));
}
