using System.Text;
using System.Text.Json.Nodes;

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
