namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>The pieces of tool calls in the form of some model server, and the calls that clients receive.</summary>
/// <param name="Chunks">The values of <c>tool_calls</c>, one for each chunk.</param>
/// <param name="Calls">The calls: id, name and arguments.</param>
public sealed record ToolCallCase(string Name, string[] Chunks, string[] Calls)
{
    public static IReadOnlyList<ToolCallCase> All { get; } =
    [
        // The label of a call: its id and its index.
        new("one id, heads without arguments (transformers)",
            [Head("R", "f"), Piece("""{\"a\": """), Piece("1}"), Head("R", "g"), Piece("""{\"b\": """), Piece("2}")],
            ["""R:f:{"a": 1}""", """R~2:g:{"b": 2}"""]),
        new("one id and one name, heads without arguments (transformers)",
            [Head("R", "f"), Piece("{}"), Head("R", "f"), Piece("{"), Piece("}"), Head("R", "f"), Head("R", "f"), Piece("{}")],
            ["R:f:{}", "R~2:f:{}", "R~3:f:{}"]),
        new("one id, no arguments", [Head("R", "f"), Head("R", "g"), Head("R", "h")], ["R:f:{}", "R~2:g:{}", "R~3:h:{}"]),
        new("one id and one index in one chunk",
            [$"{Whole("0", "f", 1)},{Whole("0", "g", 2)},{Whole("0", "g", 3)}"],
            ["""0:f:{"a":1}""", """0~2:g:{"a":2}""", """0~3:g:{"a":3}"""]),
        new("one id and one name, whole calls", [Whole("R", "f", 1), Whole("R", "f", 2)], ["""R:f:{"a":1}""", """R~2:f:{"a":2}"""]),
        new("one id, its indexes differ",
            [Whole("0", "f", 1), Whole("0", "f", 1, index: 1), Head("0", "g", 2), Piece("""{\"a\":2}""", 2)],
            ["""0:f:{"a":1}""", """0~2:f:{"a":1}""", """0~3:g:{"a":2}"""]),
        new("one id, alternating indexes",
            [Head("0", "f"), Head("0", "g", 1), Labeled("0", "{", 0), Labeled("0", "{", 1), Piece("}"), Piece("}", 1)],
            ["0:f:{}", "0~2:g:{}"]),
        new("an id with the suffix of the function", [Whole("c~2", "f", 1), Whole("c", "g", 1, 1), Whole("c", "h", 1, 2)],
            ["""c~2:f:{"a":1}""", """c:g:{"a":1}""", """c~3:h:{"a":1}"""]),
        new("one index, an id for the first call only",
            [Head("c", "f"), Piece("{}"), """{"index":0,"function":{"name":"g","arguments":""}}""", Piece("""{\"a\":1}""")],
            ["c:f:{}", """call_own_1:g:{"a":1}"""]),

        // A new id or index in each piece.
        new("new ids, empty pieces",
            [
                Head("a", "f"), Labeled("b", ""), Labeled("c", "{\\\"a\\\""), Labeled("d", ""), Labeled("e", ":1}"), Labeled("f", ""),
            ],
            ["""a:f:{"a":1}"""]),
        new("new ids, blank pieces",
            [
                Head("a", "f"), Labeled("b", " "), Labeled("c", """{\"a\":\"x"""), Labeled("d", " "), Labeled("e", ""),
                Labeled("f", """ y\"}"""),
            ],
            ["""a:f:{"a":"x  y"}"""]),
        new("new ids, two calls",
            [Head("a", "f"), Labeled("b", "{}"), Labeled("c", ""), Head("d", "f"), Labeled("e", ""), Labeled("g", "{}")],
            ["a:f:{}", "d:f:{}"]),
        new("new ids and new indexes",
            [Head("a", "f"), Labeled("b", "", 1), Labeled("c", "{\\\"a\\\"", 2), Labeled("d", ":1}", 3), Labeled("e", "", 4)],
            ["""a:f:{"a":1}"""]),
        new("new ids, named later",
            [Head("a", "f"), Labeled("b", "", 1), """{"index":1,"function":{"name":"g"}}""", Piece("{}"), Piece("""{\"b\":1}""", 1)],
            ["a:f:{}", """b:g:{"b":1}"""]),
        new("new id after a call, named last",
            [Whole("a", "f", 1), Labeled("b", ""), Piece("{}"), """{"index":0,"function":{"name":"g"}}"""],
            ["""a:f:{"a":1}""", "b:g:{}"]),

        // Repetitions.
        new("head in each piece",
            [Head("a", "f"), Full("a", "f", "{\\\"a\\\""), Full("a", "f", ":1}"), Head("a", "f")], ["""a:f:{"a":1}"""]),
        new("whole call at the end", [Head("a", "f"), Piece("""{\"a\":"""), Piece("1}"), Whole("a", "f", 1)], ["""a:f:{"a":1}"""]),
        new("equal calls with one id (transformers)",
            [Full("R", "f", "{}"), Full("R", "f", "{}"), Whole("R", "f", 1)], ["R:f:{}", "R~2:f:{}", """R~3:f:{"a":1}"""]),
        new("whole arguments at the end", [Whole("a", "f", 1), Piece("""{\"a\":1}"""), Piece("")], ["""a:f:{"a":1}"""]),
        new("equal calls without ids", ["""{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}"""],
            ["call_own_0:f:{}", "call_own_1:f:{}"]),

        // Several pieces of a call in one chunk.
        new("pieces in one chunk",
            [$"{Head("a", "f")},{Piece("{\\\"a\\\"")}", Piece(":"), $"{Piece("1")},{Piece("}")}"], ["""a:f:{"a":1}"""]),
        new("pieces of two calls in one chunk",
            [$"{Head("a", "f")},{Head("b", "g", 1)},{Piece("{")},{Piece("{", 1)},{Piece("}")}", Piece("}", 1)], ["a:f:{}", "b:g:{}"]),
        new("head in pieces in one chunk",
            ["""{"index":0,"id":"a"},{"index":0,"function":{"name":"f"}},{"index":0,"function":{"arguments":"{}"}}"""], ["a:f:{}"]),

        // Text after the object, and an object in a string: https://github.com/vllm-project/vllm/issues/48975
        .. ToolCallTexts.All,

        // A placeholder before the real arguments: https://github.com/openai/openai-agents-js/pull/712
        new("an empty object before the arguments", [Full("a", "f", "{}"), Piece("""{\"a\":1}""")], ["""a:f:{"a":1}"""]),
        new("an empty object before pieces",
            ["""{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{}}}""", Piece(""), Piece("{"), Piece("""\"a\":1}""")],
            ["""a:f:{"a":1}"""]),
        new("null before the arguments", [Full("a", "f", "null"), Piece("""{\"a\":1}""")], ["""a:f:{"a":1}"""]),
        new("an empty object and the arguments in one chunk",
            [$"{Full("a", "f", "{}")},{Piece("""{\"a\":1}""")}"], ["""a:f:{"a":1}"""]),
        new("an empty object before the arguments of parallel calls",
            [Full("a", "f", "{}"), Piece("""{\"a\":1}"""), Full("b", "g", "null", 1), Piece("""{\"b\":1}""", 1)],
            ["""a:f:{"a":1}""", """b:g:{"b":1}"""]),
        new("an empty object that stays", [Full("a", "f", "{}"), Full("b", "g", "{}", 1), Whole("c", "h", 1, 2)],
            ["a:f:{}", "b:g:{}", """c:h:{"a":1}"""]),
        new("an empty object twice", [Full("a", "f", "{}"), Piece("{}")], ["a:f:{}"]),
        new("null that stays", [Full("a", "f", "null")], ["a:f:{}"]),
        new("empty objects of calls in one chunk", [$"{Full("a", "f", "{}")},{Full("b", "g", "null", 1)},{Whole("c", "h", 1, 2)}"],
            ["a:f:{}", "b:g:{}", """c:h:{"a":1}"""]),

        // Without arguments.
        new("no arguments", ["""{"index":0,"id":"a","function":{"name":"f"}}"""], ["a:f:{}"]),
        new("null as arguments", ["""{"index":0,"id":"a","function":{"name":"f","arguments":null}}"""], ["a:f:{}"]),
        new("white space as arguments", [Full("a", "f", " ")], ["a:f: {}"]),
        new("white space as arguments, another call follows",
            [Full("a", "f", "\\n"), Whole("b", "g", 1, index: 1)], ["a:f:\n{}", """b:g:{"a":1}"""]),
        new("white space before the arguments of parallel calls",
            [Full("a", "f", " "), Full("b", "g", " ", 1), Piece("""{\"a\":1}"""), Piece("""{\"b\":1}""", 1)],
            ["""a:f: {"a":1}""", """b:g: {"b":1}"""]),
        new("empty arguments", [Head("a", "f"), Whole("b", "g", 1, index: 1), Head("c", "h", 2)], ["a:f:{}", """b:g:{"a":1}""", "c:h:{}"]),

        // Other forms of a piece.
        new("null as the function",
            [
                """{"index":0,"id":"a","type":"function","function":null}""", """{"index":0,"function":{"name":"f"}}""",
                """{"index":0,"function":null,"custom":null}""", Piece("""{\"a\":1}"""), """{"index":0,"id":null,"function":null}""",
            ],
            ["""a:f:{"a":1}"""]),
        new("null in place of a call",
            [$"null,{Whole("a", "f", 1)}", "null", $"{Head("b", "g", 1)},[null],7,null", Piece("""{\"a\":2}""", 1)],
            ["""a:f:{"a":1}""", """b:g:{"a":2}"""]),
        new("indexes as texts and fractions",
            [
                """{"index":"0","id":"a","function":{"name":"f","arguments":"{"}}""", """{"index":"1","id":"b","function":{"name":"g"}}""",
                """{"index":"0","function":{"arguments":"}"}}""", """{"index":1.0,"function":{"arguments":"{}"}}""",
            ],
            ["a:f:{}", "b:g:{}"]),
        new("null beside the function",
            [
                """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""},"name":null,"arguments":null}""",
                """{"index":0,"function":{"arguments":"{\"a\":1}"},"name":"","arguments":""}""",
            ],
            ["""a:f:{"a":1}"""]),
        new("arguments twice",
            [
                """{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}","arguments":{"a":"x"}}}""",
                """{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":{"a":"x"},"arguments":"{\"a\":1}"}}""",
            ],
            ["""a:f:{"a":"x"}""", """b:g:{"a":1}"""]),
        new("control tokens in a name (gpt-oss)",
            [Full("a", "f<|channel|>commentary", ""), Piece("{}"), Full("b", """g\u003c|constrain|>json""", "{}", 1)],
            ["a:f:{}", "b:g:{}"]),
        new("another index for the arguments of the second call",
            [Whole("a", "f", 1), Full("b", "g", "{\\\"a\\\""), Piece(":2}", 1)], ["""a:f:{"a":1}""", """b:g:{"a":2}"""]),
    ];

    /// <summary>The cases that one document can have: each call is whole.</summary>
    public static IReadOnlyList<ToolCallCase> Documents { get; } =
    [
        new("one id", [Whole("0", "f", 1) + "," + Whole("0", "f", 1) + "," + Whole("0", "g", 2)],
            ["""0:f:{"a":1}""", """0~2:f:{"a":1}""", """0~3:g:{"a":2}"""]),
        new("one id in all calls of a name",
            ["""{"id":"R","function":{"name":"f","arguments":{"a":1}}},{"id":"R","function":{"name":"g","arguments":"{}"}}"""],
            ["""R:f:{"a":1}""", "R~2:g:{}"]),
        new("no arguments",
            [
                """{"id":"a","function":{"name":"f"}},{"id":"b","function":{"name":"g","arguments":null}}""" +
                    """,{"id":"c","function":{"name":"h","arguments":""}}""",
            ],
            ["a:f:{}", "b:g:{}", "c:h:{}"]),
        new("null in place of a call", [$"null,{Whole("a", "f", 1)},null"], ["""a:f:{"a":1}"""]),
        .. ToolCallTexts.Documents,
    ];

    public override string ToString() => Name;

    internal static string Head(string id, string name, int index = 0) => Full(id, name, "", index);

    internal static string Whole(string id, string name, int argument, int index = 0) =>
        Full(id, name, $$"""{\"a\":{{argument}}}""", index);

    internal static string Full(string id, string name, string arguments, int index = 0) =>
        $$$"""{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}""";

    internal static string Piece(string arguments, int index = 0) => $$$"""{"index":{{{index}}},"function":{"arguments":"{{{arguments}}}"}}""";

    private static string Labeled(string id, string arguments, int index = 0) =>
        $$$"""{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":null,"arguments":"{{{arguments}}}"}}""";
}
