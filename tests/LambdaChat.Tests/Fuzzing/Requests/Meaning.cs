using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>
/// What a chat completion request says, in a form in which the requests of all APIs are equal: adjacent messages of a role are one, the
/// system texts are in front, and how texts are joined does not count.
/// </summary>
internal sealed class Meaning
{
    private const int ComparedTexts = 16; // A system text that repeats one of the last ones is left out.

    private static readonly string[] Placeholders =
    [
        "[The image follows in the next user message.]", "The image follows in the next user message.",
        "The file follows in the next user message.",
    ];

    private static readonly string[] Separators = ["", "\n", "\n\n", ":\n\n", "Error:\n\n"];

    private readonly List<string> _system = [];
    private readonly List<Message> _messages = [];
    private readonly SortedDictionary<string, string> _members = new(StringComparer.Ordinal);

    public void AddSystem(IEnumerable<string> texts)
    {
        foreach (var text in texts.Where(text => !_system.TakeLast(ComparedTexts).Contains(text)))
        {
            _system.Add(text);
        }
    }

    public void AddUser(IEnumerable<string> texts) => Last("user").Texts.AddRange(texts);

    public void AddAssistant(IEnumerable<string> thinking, IEnumerable<string> texts, IEnumerable<(string Id, string Call)> calls)
    {
        var message = Last("assistant");
        message.Thinking.AddRange(thinking);
        message.Texts.AddRange(texts);
        message.Calls.AddRange(calls);
    }

    public void AddResult(string id, IEnumerable<string> texts)
    {
        var calls = _messages.Count > 0 ? _messages[^1] : null;
        Assert.True(calls is not null && calls.Calls.Exists(call => call.Id == id), $"The result {id} does not follow its call.");
        Assert.True(calls!.Results.TryAdd(id, [.. texts]), $"The call {id} has two results.");
    }

    public void Set(string name, string json) => _members[name] = Canonical(json);

    public void AddTool(string name, string description, string schema, bool isStrict) =>
        _members[$"tool {name}"] = $"{description} {Canonical(schema)} {(isStrict ? "strict" : "")}";

    /// <summary>The JSON without what is a matter of notation.</summary>
    public static string Canonical(string json) =>
        JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = 300 })?.ToJsonString(new() { MaxDepth = 300 }) ?? "null";

    /// <summary>Divides a content into its texts, and requires that there is nothing else between them.</summary>
    public static List<string> Divide(string content)
    {
        foreach (var placeholder in Placeholders)
        {
            content = content.Replace(placeholder, "", StringComparison.Ordinal);
        }

        var texts = new List<string>();
        var isError = content.StartsWith("Error:", StringComparison.Ordinal);
        var rest = isError ? content["Error:".Length..].TrimStart('\n') : content;
        if (!rest.Contains(GeneratedConversation.Start, StringComparison.Ordinal))
        {
            rest = rest.Trim('\n');
            return rest.Length == 0 ? [] : rest.StartsWith('{') ? [Canonical(rest)] : [rest];
        }

        while (rest.IndexOf(GeneratedConversation.Start, StringComparison.Ordinal) is >= 0 and var start)
        {
            var end = rest.IndexOf(GeneratedConversation.End, StringComparison.Ordinal) + 1;
            Assert.True(end > start, $"A text is cut: {rest}");
            AssertIsSeparator(rest[..start]);
            texts.Add(rest[start..end]);
            rest = rest[end..];
        }

        AssertIsSeparator(rest);
        return texts;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("system: ").AppendJoin(" | ", _system).Append('\n');
        foreach (var message in Merged())
        {
            text.Append(message.Role).Append(": ").AppendJoin(" | ", message.Texts);
            text.Append(message.Thinking.Count > 0 ? "\n  thinking: " : "").AppendJoin(" | ", message.Thinking).Append('\n');
            foreach (var (id, call) in message.Calls)
            {
                var result = message.Results.GetValueOrDefault(id) ?? ["no result"];
                text.Append("  call ").Append(id).Append(": ").Append(call).Append(" = ").AppendJoin(" | ", result).Append('\n');
            }
        }

        foreach (var (name, value) in _members)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    private static void AssertIsSeparator(string text) =>
        Assert.True(Separators.Contains(text) || text.All(static c => c == '\n'), $"Between two texts: {JsonSerializer.Serialize(text)}");

    // Messages of the assistant with neither a text nor a call say nothing.
    private List<Message> Merged()
    {
        var merged = new Meaning();
        foreach (var message in _messages.Where(static item => item.Role == "user" || item.Texts.Count + item.Calls.Count > 0))
        {
            if (message.Role == "user")
            {
                merged.AddUser(message.Texts);
                continue;
            }

            merged.AddAssistant(message.Thinking, message.Texts, message.Calls);
            foreach (var (id, result) in message.Results)
            {
                merged.AddResult(id, result);
            }
        }

        return merged._messages;
    }

    private Message Last(string role)
    {
        if (_messages.Count == 0 || _messages[^1].Role != role || _messages[^1].Calls.Count > 0)
        {
            _messages.Add(new Message(role));
        }

        return _messages[^1];
    }

    private sealed record Message(string Role)
    {
        public List<string> Texts { get; } = [];

        public List<string> Thinking { get; } = [];

        public List<(string Id, string Call)> Calls { get; } = [];

        public Dictionary<string, List<string>> Results { get; } = new(StringComparer.Ordinal);
    }
}
