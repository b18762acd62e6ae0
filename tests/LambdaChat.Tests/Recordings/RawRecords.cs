using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Recordings;

/// <summary>One record of a model server as plain text.</summary>
/// <param name="Type">The type of a server-sent event; empty without one.</param>
/// <param name="Json">Null for a record that is not JSON.</param>
internal sealed record RawRecord(string Type, string Data, JsonNode? Json);

/// <summary>Reads the records of a reply without any of the product's code: a small reader for small files.</summary>
internal static partial class RawRecords
{
    public static List<RawRecord> Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
        return text.TrimStart() switch
        {
            "" => [],
            ['{' or '[', ..] => ReadDocuments(text),
            _ when !EventField().IsMatch(text) && !BareJson().IsMatch(text) => [Parse("text", text.Trim())],
            _ => [.. text.Split("\n\n").Select(ReadEvent).OfType<RawRecord>()],
        };
    }

    private static List<RawRecord> ReadDocuments(string text) =>
        Parse("", text) is { Json: not null } document
            ? [document]
            : [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Parse("", line))];

    private static RawRecord? ReadEvent(string block)
    {
        var lines = block.Split('\n');
        var type = lines.Where(line => line.StartsWith("event:", StringComparison.Ordinal)).Select(line => line[6..].Trim())
            .LastOrDefault("");
        var data = string.Join('\n', lines.Where(line => line.StartsWith("data:", StringComparison.Ordinal) || line.StartsWith('{'))
            .Select(line => line.StartsWith('{') ? line : line[5..])).Trim();
        return data is "" or "null" ? null : Parse(type, data);
    }

    private static RawRecord Parse(string type, string data)
    {
        try
        {
            return new RawRecord(type, data, JsonNode.Parse(HalfSurrogate().Replace(data, "\uFFFD")));
        }
        catch (JsonException)
        {
            return new RawRecord(type, data, null);
        }
    }

    [GeneratedRegex(@"(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..|\\u[dD][89abAB]..(?!\\u[dD][c-fC-F]..)")]
    private static partial Regex HalfSurrogate();

    [GeneratedRegex(@"^(data|event):", RegexOptions.Multiline)]
    private static partial Regex EventField();

    [GeneratedRegex(@"^\{", RegexOptions.Multiline)]
    private static partial Regex BareJson();
}
