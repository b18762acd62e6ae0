using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Tests.Relay.Chunks;

namespace LambdaChat.Tests.Recordings;

/// <summary>
/// NextChat shows thinking as a block quote, which it writes delta by delta. The quote contains all of the thinking and nothing of the
/// answer. Source: https://github.com/ChatGPTNextWeb/NextChat/blob/main/app/utils/chat.ts, streamWithThink.
/// </summary>
public sealed class NextChatTests
{
    /// <summary>The recorded streams. NextChat requests nothing else with thinking.</summary>
    public static TheoryData<string> Streams { get; } =
        [.. RecordingData.Replies.Select(row => row.Data).Where(path => !path.Contains(".whole.", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Quote_ContainsTheThinkingOnly(string path)
    {
        var (chunks, _, _) = TranslatedReply.Run(new Recording(path));
        var deltas = ReadDeltas(chunks).ToList();
        var thinking = string.Concat(deltas.Where(delta => delta.IsThinking).Select(delta => delta.Text));
        var answer = string.Concat(deltas.Where(delta => !delta.IsThinking).Select(delta => delta.Text));

        var markup = Show(deltas);

        var quote = thinking.Length == 0 ? "" : "> " + thinking.Replace("\n\n", "\n\n> ", StringComparison.Ordinal);
        Assert.Equal(quote.Length == 0 || answer.Length == 0 ? quote + answer : $"{quote}\n\n{answer}", markup);
        Assert.All(quote.Split("\n\n"), paragraph => Assert.StartsWith(quote.Length == 0 ? "" : "> ", paragraph, StringComparison.Ordinal));
    }

    /// <summary>Each part between <c>|</c> is one delta; the answer follows.</summary>
    [Theory]
    [InlineData("""first\n\nsecond|\n\nthird""", "> first\n\n> second\n\n> third\n\nanswer")]
    [InlineData("""\n\nfirst\n\n\nsecond\n \nthird""", "> first\n\n> second\n\n> third\n\nanswer")]
    [InlineData("""first\r\n\r\nsecond|\r|\n\r\n|third|\n""", "> first\n\n> second\n\n> third\n\nanswer")]
    [InlineData("""a|\n|\n|\n|b\nc""", "> a\n\n> b\nc\n\nanswer")]
    [InlineData("""first\n- a\n- b""", "> first\n\n> - a\n\n> - b\n\nanswer", true)]
    public void Quote_OfThinkingInParagraphs_ContainsThemAll(string thinking, string expected, bool makesParagraphs = false)
    {
        foreach (var name in new[] { "reasoning_content", "reasoning" })
        {
            Assert.Equal(expected, Show(thinking.Split('|').Select(text => Record(name, text)), makesParagraphs));
        }

        // Tags in the text of the answer.
        var pieces = $"<think>{thinking}</think>".Split('|').Select(text => Record("content", text));
        Assert.Equal(expected, Show(pieces, makesParagraphs));
    }

    private static string Record(string name, string text) =>
        $$$"""{"choices":[{"index":0,"delta":{"{{{name}}}":"{{{text}}}"}}]}""";

    private static string Show(IEnumerable<string> thinking, bool makesParagraphs)
    {
        var format = ChunkLog.Contract() with { MakesParagraphs = makesParagraphs };
        var (log, _) = ChunkLog.Run(format, [.. thinking, Record("content", "answer"),
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""]);
        return Show(ReadDeltas(log.Chunks));
    }

    private static IEnumerable<(bool IsThinking, string Text)> ReadDeltas(IEnumerable<string> chunks)
    {
        foreach (var chunk in chunks)
        {
            var delta = JsonNode.Parse(chunk)!["choices"]?.AsArray().FirstOrDefault(choice => (int?)choice!["index"] == 0)?["delta"];
            var (reasoning, content) = ((string?)delta?["reasoning_content"], (string?)delta?["content"]);
            if (!string.IsNullOrEmpty(reasoning))
            {
                yield return (true, reasoning);
            }
            else if (!string.IsNullOrEmpty(content))
            {
                yield return (false, content);
            }
        }
    }

    // NextChat's code: the first thinking delta begins the quote, and each pair of line feeds within one delta continues it.
    private static string Show(IEnumerable<(bool IsThinking, string Text)> deltas)
    {
        var text = new StringBuilder();
        bool? wasThinking = null;
        foreach (var (isThinking, piece) in deltas)
        {
            var prefix = isThinking
                ? wasThinking == true ? "" : text.Length > 0 ? "\n> " : "> "
                : wasThinking == true ? "\n\n" : "";
            var isContinued = isThinking && wasThinking == true;
            text.Append(prefix).Append(isContinued ? piece.Replace("\n\n", "\n\n> ", StringComparison.Ordinal) : piece);
            wasThinking = isThinking;
        }

        return text.ToString();
    }
}
