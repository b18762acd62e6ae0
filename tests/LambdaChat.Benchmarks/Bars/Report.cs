namespace LambdaChat.Benchmarks.Bars;

/// <summary>A part of a document that a command writes, between <c>&lt;!-- NAME --&gt;</c> and <c>&lt;!-- /NAME --&gt;</c>.</summary>
internal static class Report
{
    public static void Replace(string file, string name, IEnumerable<string> lines)
    {
        var (begin, end) = ($"<!-- {name} -->", $"<!-- /{name} -->");
        var text = File.ReadAllText(file);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"{file} has no place for {name}.");
        }

        File.WriteAllText(file, $"{text[..(from + begin.Length)]}\n{string.Join('\n', lines)}\n{text[to..]}");
    }
}
