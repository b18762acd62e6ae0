using static LambdaChat.Tests.Relay.Chunks.ToolCallCase;

namespace LambdaChat.Tests.Relay.Chunks;

/// <summary>Arguments that are not the text of one object: more text follows it, or the text is serialized twice.</summary>
internal static class ToolCallTexts
{
    private const string Quote = "\\\"";
    private const string Once = """a:f:{"a":1}""";

    public static IReadOnlyList<ToolCallCase> All { get; } =
    [
        new("text after the arguments in their piece", [Full("a", "f", """{\"a\":1}Estimating {the \" weather""")], [Once]),
        new("text after the arguments", [Whole("a", "f", 1), Piece("Estimating {"), Piece("the \\\""), Piece("}")], [Once]),
        new("text after an argument in pieces", [Head("a", "f"), Piece("""{\"a\":"""), Piece("1}]"), Piece("}")], [Once]),
        new("text after an empty object", [Full("a", "f", "{}"), Piece("}"), Piece("x")], ["a:f:{}"]),
        new("text after an empty object in its piece", [Full("a", "f", "{}x")], ["a:f:{}"]),
        new("null twice", [Full("a", "f", "null"), Piece("null")], ["a:f:{}"]),
        new("text after an object that is no text",
            ["""{"index":0,"id":"a","function":{"name":"f","arguments":{"a":1}}}""", Piece("x"), Piece("""{\"a\":1}""")], [Once]),
        new("text with the head after the arguments", [Whole("a", "f", 1), Full("a", "f", "}"), Whole("a", "f", 2)],
            [Once, """a~2:f:{"a":2}"""]),
        new("other arguments after the arguments", [Whole("a", "f", 1), Piece("""{\"a\": 1}"""), Piece("\\n")], ["a:f:{\"a\":1}\n"]),
        new("a serialized text after the arguments", [Whole("a", "f", 1), Piece(Twice("1"))], [Once]),
        new("text after the arguments, then the next call", [Full("a", "f", """{\"a\":1}g{\"a\":3}"""), Whole("b", "g", 3, 1)],
            [Once, """b:g:{"a":3}"""]),
        new("text after the arguments of an earlier call", [Whole("a", "f", 1), Whole("b", "g", 2, 1), Piece("}", 0)],
            [Once, """b:g:{"a":2}"""]),
        new("an escaped end of the object", [Full("a", "f", """{\"a\":1\u007dx""")], [Once]),

        new("serialized twice", [Full("a", "f", Twice("1"))], [Once]),
        new("serialized twice, in bytes", [Head("a", "f"), .. Pieces(Twice("1"))], [Once]),
        new("serialized twice, with white space and escapes",
            [Full("a", "f", """ \" {\\n \\\"a\\\": \\\"\\\\n\\\\\\\"\\u4e2d\u4e2d\\\"\\n}""" + Quote)],
            ["a:f:{\n \"a\": \"\\n\\\"中中\"\n}"]),
        new("serialized twice, with white space and escapes, in bytes",
            [Head("a", "f"), .. Pieces(""" \" {\\n \\\"a\\\": \\\"\\\\n\\\\\\\"\\u4e2d\u4e2d\\\"\\n}""" + Quote)],
            ["a:f: {\n \"a\": \"\\n\\\"中中\"\n}"]),
        new("serialized twice, with quotes as numbers", [Full("a", "f", """\u0022{\u005c\u0022a\\\u0022:1}\u0022""")], [Once]),
        new("serialized twice, two calls with one id", [Full("R", "f", Twice("1")), Full("R", "f", Twice("2"))],
            ["""R:f:{"a":1}""", """R~2:f:{"a":2}"""]),
        new("serialized twice after an empty object", [Full("a", "f", "{}"), Piece(Twice("1")), Piece("x")], [Once]),
    ];

    public static IReadOnlyList<ToolCallCase> Documents { get; } =
    [
        new("text after the arguments", [$"{Full("a", "f", """{\"a\":1}Estimating {""")},{Whole("b", "g", 2, 1)}"], [Once, """b:g:{"a":2}"""]),
        new("serialized twice", [$"{Full("a", "f", Twice("1"))},{Full("b", "g", Twice("2"), 1)}"], [Once, """b:g:{"a":2}"""]),
    ];

    private static string Twice(string argument) => $$"""\"{\\\"a\\\":{{argument}}}""" + Quote;

    // Escapes are not divided: each piece is a JSON string.
    private static IEnumerable<string> Pieces(string escaped)
    {
        for (var i = 0; i < escaped.Length;)
        {
            var length = escaped[i] != '\\' ? 1 : escaped[i + 1] == 'u' ? 6 : 2;
            yield return Piece(escaped.Substring(i, length));
            i += length;
        }
    }
}
