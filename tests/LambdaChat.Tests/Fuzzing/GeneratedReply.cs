using System.Text.Json;
using System.Text.Json.Nodes;

namespace LambdaChat.Tests.Fuzzing;

/// <summary>A reply that a model server could send: what the model has said, and the chunks that a server makes of it.</summary>
internal sealed class GeneratedReply
{
    /// <summary>The tokens of the request.</summary>
    public const int PromptTokens = 5;

    private static readonly string[] Words =
    [
        "Hello", " world", "世界", "🤔", "👩‍👩‍👧", " <", "</", " think", "{\"a\":1}", "\n", "\n\n", "\"q\"", "\\", "\t", " data: x", "[DONE]",
        ".", " the",
    ];

    private static readonly string[] Inputs =
        ["{}", """{"city":"Paris"}""", """{"a":[1,{"b":null}],"t":true}""", """{"x":"}{\"🤔"}"""];

    private static readonly string[] ThinkingForms = ["reasoning_content", "reasoning", "thinking", "tags", "both"];

    private readonly Random _random;
    private readonly List<JsonObject> _deltas = [];
    private readonly List<(string Id, string Name, string Input)> _calls = [];
    private readonly string _form; // Of the thinking.
    private readonly bool _isStarted;
    private readonly bool _isText;
    private bool _hasIndex; // Calls have an index.

    /// <param name="hasBlanks">True for line feeds around the thinking, as models write them.</param>
    /// <param name="isStarted">True if the prompt has the opening tag of the thinking.</param>
    /// <param name="isText">True for a text completion.</param>
    public GeneratedReply(int seed, bool hasBlanks = false, bool isStarted = false, bool isText = false)
    {
        (_random, _isStarted, _isText) = (new Random(seed), isStarted, isText);
        Add("role", "assistant", OneIn(2));
        Thinking = OneIn(2) || isText ? ""
            : MakeText().Replace("\t", "", StringComparison.Ordinal).Replace("\n\n", "", StringComparison.Ordinal);
        Text = OneIn(4) ? "" : MakeText();
        RawThinking = hasBlanks && Thinking.Length > 0 ? $"\n{Thinking}\n" : Thinking;
        RawText = hasBlanks && Text.Length > 0 ? $"\n\n{Text}" : Text;
        _form = isStarted ? "tags" : isText ? "none" : Pick(ThinkingForms);
        AddThinking(RawThinking, RawText, isStarted);
        _calls.AddRange(Enumerable.Range(0, OneIn(2) || isText ? 0 : _random.Next(1, 4))
            .Select(index => ($"call_{index}", Pick(["f", "get_time"]), Pick(Inputs))));
        AddCalls();
        Finish = OneIn(5) ? Pick(["length", "content_filter"]) : "stop";
        Tokens = OneIn(2) ? _random.Next(1, 99) : 0;
        MakeRecords(PromptTokens);
    }

    private GeneratedReply(GeneratedReply whole, int seed, bool isOfOtherServer)
    {
        (_random, _isStarted, _isText) = (new Random(seed), whole._isStarted, whole._isText);
        (Thinking, Text, Finish, _calls) = (whole.Thinking, whole.Text, whole.Finish, whole._calls);
        (RawThinking, RawText) = (whole.RawThinking, whole.RawText);
        _form = isOfOtherServer && !_isStarted && !_isText ? Pick(ThinkingForms) : whole._form;
    }

    /// <summary>Without blank lines, of which several become one.</summary>
    public string Thinking { get; }

    public string Text { get; }

    /// <summary>The thinking as the model writes it.</summary>
    public string RawThinking { get; }

    /// <summary>The answer as the model writes it.</summary>
    public string RawText { get; }

    /// <summary>The tool calls as name and input.</summary>
    public IReadOnlyList<string> Calls =>
        [.. _calls.Select(call => $"{call.Id}:{call.Name}:{JsonNode.Parse(call.Input)!.ToJsonString()}")];

    /// <summary><c>stop</c>, <c>length</c> or <c>content_filter</c>.</summary>
    public string Finish { get; }

    /// <summary>The tokens of the reply; 0 if the server does not count them.</summary>
    public int Tokens { get; private set; }

    public List<string> Records { get; } = [];

    /// <summary>The rest of the reply, as a server sends it that continues the reply. The whole reply without both texts.</summary>
    /// <param name="thinking">The rest of the thinking; null if the answer has begun.</param>
    /// <param name="text">The rest of the answer.</param>
    /// <param name="isOfOtherServer">True if the server may send thinking in another form.</param>
    /// <param name="isNew">True for thinking of its own, before the rest of the answer.</param>
    /// <param name="promptTokens">The tokens of both texts in the prompt.</param>
    public GeneratedReply Continue(
        int seed, string? thinking, string? text, bool isOfOtherServer, bool isNew = false, int promptTokens = 0)
    {
        var rest = new GeneratedReply(this, seed, isOfOtherServer);
        rest.Add("role", "assistant", rest.OneIn(2));
        rest.AddThinking(
            text is null ? RawThinking : thinking ?? "", text ?? RawText,
            isOpen: text is null ? _isStarted : thinking is not null && !isNew);
        rest.AddCalls();
        rest.Tokens = rest.OneIn(2) ? rest._random.Next(1, 99) : 0;
        rest.MakeRecords(PromptTokens + promptTokens);
        return rest;
    }

    private bool OneIn(int calls) => _random.Next(calls) == 0;

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];

    // Begins and ends with a word: white space at the ends of a text may be dropped.
    private string MakeText() => "x" + string.Concat(Enumerable.Range(0, _random.Next(12)).Select(_ => Pick(Words))) + "y";

    private IEnumerable<string> Cut(string text)
    {
        var largest = (int)Math.Pow(5, _random.Next(5));
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Math.Min(text.Length, start + _random.Next(1, largest + 1));
            end += end < text.Length && char.IsLowSurrogate(text[end]) ? 1 : 0;
            yield return text[start..end];
        }
    }

    private void Add(string name, JsonNode? value, bool isSent = true)
    {
        if (isSent)
        {
            _deltas.Add(new JsonObject { [name] = value });
        }
    }

    // isOpen: the opening tag is before this text.
    private void AddThinking(string thinking, string text, bool isOpen)
    {
        if (_form == "tags")
        {
            AddPieces("content", isOpen ? $"{thinking}</think>{text}" : thinking.Length == 0 ? text : $"<think>{thinking}</think>{text}");
            return;
        }

        AddPieces(_form == "both" ? "reasoning" : _form, thinking);
        if (_form == "both")
        {
            _deltas.FindAll(delta => delta.ContainsKey("reasoning"))
                .ForEach(delta => delta["reasoning_content"] = (string?)delta["reasoning"]);
        }

        AddPieces("content", text);
    }

    private void AddPieces(string name, string text)
    {
        foreach (var piece in Cut(text))
        {
            Add(name, piece);
            Add(Pick(["content", "reasoning_content"]), OneIn(2) ? "" : null, isSent: OneIn(9));
        }
    }

    private void AddCalls()
    {
        _hasIndex = !OneIn(4);
        var form = _random.Next(5);
        for (var index = 0; index < _calls.Count; index++)
        {
            var (id, name, input) = _calls[index];
            var pieces = form == 0 ? [] : Cut(input).ToList();
            AddCall(index, id, name, form == 0 ? input : form == 1 && input != "{}" ? "{}" : "");
            foreach (var piece in input == "{}" && OneIn(2) ? [] : pieces)
            {
                AddCall(index, form == 2 ? id : null, form == 3 ? name : null, piece);
            }
        }
    }

    private void AddCall(int index, string? id, string? name, string arguments)
    {
        var function = new JsonObject { ["arguments"] = arguments };
        var call = new JsonObject { ["function"] = function };
        foreach (var (target, member, value) in ((JsonObject, string, string?)[])[(call, "id", id), (function, "name", name)])
        {
            if (value is not null)
            {
                target[member] = value;
            }
        }

        if (_hasIndex)
        {
            call["index"] = index;
        }

        Add("tool_calls", new JsonArray(call));
    }

    // The finish reason comes alone or with the last delta, and perhaps an empty chunk or the usage after it.
    private void MakeRecords(int promptTokens)
    {
        var usage = Tokens > 0 ? new JsonObject { ["prompt_tokens"] = promptTokens, ["completion_tokens"] = Tokens } : null;
        var reason = Finish == "stop" && Calls.Count > 0 ? Pick(["tool_calls", "stop", "tool_use"]) : Finish;
        Add("content", "", isSent: _deltas.Count == 0 || OneIn(2));
        var options = OneIn(2) ? new JsonSerializerOptions() : Relay.Chunks.ChunkLog.Relaxed;
        var (hasId, isWithFinish) = (OneIn(2), OneIn(3));
        for (var i = 0; i < _deltas.Count; i++)
        {
            var isLast = i == _deltas.Count - 1;
            Write(_deltas[i], isLast ? reason : null, isLast && isWithFinish ? usage : null);
        }

        if (OneIn(4))
        {
            Write([], null, null);
        }

        if (usage is not null && !isWithFinish)
        {
            Records.Add(new JsonObject { ["choices"] = new JsonArray(), ["usage"] = usage }.ToJsonString());
        }

        void Write(JsonObject delta, string? finish, JsonObject? counted)
        {
            var choice = new JsonObject { ["index"] = 0, ["finish_reason"] = finish };
            choice[_isText ? "text" : "delta"] = _isText ? (string?)delta["content"] ?? "" : delta;
            var record = new JsonObject { ["choices"] = new JsonArray(choice), ["usage"] = counted };
            record["id"] = hasId ? "c" : null;
            Records.Add(record.ToJsonString(options));
        }
    }
}
