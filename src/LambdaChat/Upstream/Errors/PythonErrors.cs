using System.Text;

namespace LambdaChat.Upstream.Errors;

/// <summary>
/// Validation errors of FastAPI and pydantic as text: <c>1 validation error:\n  {'type': …, 'loc': ('body', 'temperature'), 'msg': '…',
/// 'input': …}</c>, followed by the file and line of the server. They become <c>1 validation error: body.temperature: …</c>.
/// </summary>
internal static class PythonErrors
{
    private const string Item = "{'type': ";
    private const string Location = "'loc': ";
    private const string Message = "'msg': ";
    private const string SourceFile = "\n  File \"";

    public static string Simplify(string text)
    {
        var end = text.IndexOf(SourceFile, StringComparison.Ordinal);
        text = end < 0 ? text : text[..end];
        return text.Contains(Item, StringComparison.Ordinal) && text.Contains(Message, StringComparison.Ordinal)
            ? SimplifyItems(text)
            : text;
    }

    private static string SimplifyItems(string text)
    {
        var output = new StringBuilder();
        var separator = "";
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var item = line.IndexOf(Item, StringComparison.Ordinal);
            output.Append(separator).Append(item < 0 ? line : ReadItem(line[item..]));
            separator = item < 0 && line.EndsWith(':') ? " " : "; ";
        }

        return output.ToString();
    }

    // Only location and message: the rest repeats the request.
    private static string ReadItem(string item)
    {
        var message = item.IndexOf(Message, StringComparison.Ordinal);
        if (message < 0 || message + Message.Length == item.Length)
        {
            return "";
        }

        var quote = item[message + Message.Length];
        var start = message + Message.Length + 1;
        var end = item.IndexOf($"{quote}, '", start, StringComparison.Ordinal);
        end = end < 0 ? item.LastIndexOf(quote) : end;
        var text = end < start ? item[start..] : item[start..end];
        return ReadLocation(item[..message]) is { Length: > 0 } location ? $"{location}: {text}" : text;
    }

    // ('body', 'messages', 0, 'role') or 'body.messages.0.role'
    private static string ReadLocation(string head)
    {
        var start = head.IndexOf(Location, StringComparison.Ordinal);
        return start < 0
            ? ""
            : string.Join('.',
                head[(start + Location.Length)..].Split([' ', ',', '(', ')', '\'', '"'], StringSplitOptions.RemoveEmptyEntries));
    }
}
