using System.Globalization;

namespace LambdaChat.Tests.Fuzzing.Requests;

/// <summary>A request that a client could send, in no API's form.</summary>
internal sealed class GeneratedConversation
{
    /// <summary>The first and the last character of each text. No text has them elsewhere, and no error may repeat the first one.</summary>
    public const char Start = '§', End = '¶';

    private static readonly string[] Words =
    [
        "Hello", " world", "世界", "🤔", "👩‍👩‍👧", "<think>", "</think>", "{\"a\":1}", "\n", "\n\n", "\"q\"", "\\", "\t", "\\ud83d", "\u0001", "\u2028",
        "%s {{ x }}", "null", "[]", "> a\n\nb", "~2", "Error:", "cache_control", "\"tool_calls\":[]", "developer",
    ];

    private static readonly string[] Inputs =
    [
        "{}", """{"city":"Paris"}""", """{"a":[1,{"b":null}],"t":true,"n":-1.5e3}""", """{"x":"}{\"🤔\\n","arguments":"{"}""",
        """{"role":"assistant","content":[],"tool_calls":[]}""",
    ];

    private static readonly string[] Schemas =
    [
        """{"type":"object","properties":{}}""",
        """{"type":"object","properties":{"city":{"type":"string","enum":["a","b"]},"type":{"type":"integer"}},"required":["city"]}""",
        """{"type":"object","properties":{"x":{"anyOf":[{"type":"null"},{"type":"array","items":{}}],"default":null}}}""",
    ];

    private static readonly string[] Images =
        ["data:image/png;base64,iVBORw0KGgo=", "data:image/jpeg;base64,/9j/4AAQ", "data:image/webp;base64,UklGRg=="];

    private readonly Mutator _random;
    private readonly List<string> _ids = [];

    public GeneratedConversation(Mutator random)
    {
        _random = random;
        MakeTools();
        MakeTurns();
        MakeSettings();
    }

    public List<Turn> Turns { get; } = [];

    public List<Tool> Tools { get; } = [];

    /// <summary><c>auto</c>, <c>none</c>, <c>required</c> or the name of a tool; null for none.</summary>
    public string? Choice { get; private set; }

    /// <summary>Null for none.</summary>
    public bool? IsParallel { get; private set; }

    /// <summary>The JSON values of other settings by the names of Chat Completions.</summary>
    public SortedDictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>The schema of the reply as JSON; null for none.</summary>
    public string? Format { get; private set; }

    private static bool IsOfUser(Turn turn) => turn.Role == "user";

    private static string Delimit(string text) => $"{Start}{text}{End}";

    private void MakeTools()
    {
        string[] names = ["get_time", "f", "search-web", "Read", "mcp__a__b"];
        foreach (var name in names.Take(_random.OneIn(3) ? 0 : _random.Random.Next(1, names.Length + 1)))
        {
            Tools.Add(new Tool(name, _random.OneIn(4) ? null : $"Says \"{name}\"\n世界", _random.Pick(Schemas), _random.OneIn(4)));
        }

        if (Tools.Count > 0 && _random.OneIn(2))
        {
            Choice = _random.Pick(["auto", "none", "required", _random.Pick(Tools).Name]);
            IsParallel = Choice == "none" || _random.OneIn(2) ? null : _random.OneIn(2);
        }
    }

    private void MakeTurns()
    {
        for (var i = _random.Random.Next(3); i > 0; i--)
        {
            Turns.Add(new Turn("system", MakeTexts()));
        }

        for (var i = _random.Random.Next(1, 5); i > 0; i--)
        {
            AddUser();
            for (var steps = _random.Random.Next(1, 4); steps > 0 && i > 1; steps--)
            {
                Turns.Add(MakeAssistant());
            }
        }

        for (var i = _random.OneIn(3) ? _random.Random.Next(1, 3) : 0; i > 0; i--)
        {
            Turns.Add(MakeAssistant() with { Calls = [.. MakeCalls(_random.Random.Next(1, 4))] });
        }

        CompleteResults();
    }

    private void AddUser()
    {
        if (_random.OneIn(8))
        {
            Turns.Add(new Turn("system", _random.OneIn(3) && Turns is [{ Role: "system" } first, ..] ? first.Pieces : MakeTexts()));
        }

        for (var i = _random.OneIn(6) ? 2 : 1; i > 0; i--)
        {
            Turns.Add(new Turn("user", _random.OneIn(10) ? [new Piece("")] : [.. MakePieces(_random.Random.Next(1, 4))]));
        }
    }

    private Turn MakeAssistant() => new("assistant", _random.OneIn(4) ? [] : MakeTexts())
    {
        Thinking = _random.OneIn(2) ? Delimit(MakeText()) : "",
        Calls = [.. MakeCalls(_random.OneIn(2) ? 0 : _random.Random.Next(1, 4))],
        AreCallsFirst = _random.OneIn(6),
    };

    private IEnumerable<ToolUse> MakeCalls(int count)
    {
        var ofTurn = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            var model = _random.OneIn(2) ? "call_0" : string.Create(CultureInfo.InvariantCulture, $"toolu_{_random.Random.Next(100)}");
            var uses = _ids.Count(id => id == model) + 1;
            _ids.Add(model);
            var id = uses == 1 ? model : string.Create(CultureInfo.InvariantCulture, $"{model}~{uses}");
            var name = _random.Pick(["get_time", "f", "old.tool"]);
            yield return new ToolUse(id, ofTurn.Add(model) ? model : id, name, _random.Pick(Inputs), MakeResult())
            {
                IsError = _random.OneIn(5),
                IsLate = _random.OneIn(6),
            };
        }
    }

    private IReadOnlyList<Piece>? MakeResult() => _random.Random.Next(7) switch
    {
        0 => null,
        1 => [],
        2 => [new Piece(_random.Pick(Inputs))],
        3 => [.. MakePieces(3).Where(static piece => piece.Name.Length == 0)],
        _ => [new Piece(Delimit(MakeText()))],
    };

    // A call without a result is only possible before a message of the user, and a late result only with one.
    private void CompleteResults()
    {
        for (var i = 0; i < Turns.Count; i++)
        {
            if (i + 1 == Turns.Count || !IsOfUser(Turns[i + 1]))
            {
                Turns[i] = Turns[i] with
                {
                    Calls = [.. Turns[i].Calls.Select(static call => call with { Result = call.Result ?? [], IsLate = false })],
                };
            }
        }
    }

    private void MakeSettings()
    {
        Add("temperature", "0.7", "0", "1", "1e0");
        Add("top_p", "0.95", "1");
        Add("top_k", "20");
        Add("presence_penalty", "-0.5");
        Add("frequency_penalty", "0.5");
        Add("seed", "7", "2147483648");
        Add("max_tokens", "1", "4096");
        Add("stop", """["END"]""", """["\n\n","</s>","\"世界🤔"]""");
        Add("n", "1", "2");
        Add("reasoning_effort", "\"low\"", "\"high\"");
        Format = _random.OneIn(5) ? _random.Pick(Schemas) : null;
    }

    private void Add(string name, params string[] values)
    {
        if (_random.OneIn(3))
        {
            Settings[name] = _random.Pick(values);
        }
    }

    private Piece[] MakeTexts() => [.. Enumerable.Range(0, _random.OneIn(4) ? 2 : 1).Select(_ => new Piece(Delimit(MakeText())))];

    private IEnumerable<Piece> MakePieces(int count) => Enumerable.Range(0, count).Select(_ => _random.Random.Next(7) switch
    {
        0 => new Piece(_random.Pick(Images), IsImage: true),
        1 => new Piece(Delimit(MakeText()), Name: Delimit("notes.txt")),
        _ => new Piece(Delimit(MakeText())),
    });

    private string MakeText() => _random.OneIn(60)
        ? string.Concat(Enumerable.Repeat(_random.Pick(Words), 5_000))
        : string.Concat(Enumerable.Range(0, _random.Random.Next(8)).Select(_ => _random.Pick(Words)));
}
