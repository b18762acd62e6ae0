using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Benchmarks.Page;

/// <summary>Long texts as models write them: paragraphs, lists, tables and code.</summary>
internal static class PageTexts
{
    private const string Section = """
        ## Section with **bold** words

        A paragraph of *some* length with `code`, a [link](https://example.com/path) and a few more words, so that it takes
        several lines of the page and the browser has something to break.

        - an item of a list
        - another item with **bold** text
          - and one below it

        | name | value | note |
        |---|---:|---|
        | first | 1.25 | a cell |
        | second | 2.50 | another cell |

        ```python
        def function(argument):
            return [value * 2 for value in argument if value > 0]
        ```


        """;

    /// <summary>Markdown of about that many words and marks, each a token of the emulator.</summary>
    public static string OfTokens(int tokens)
    {
        var perSection = Section.Split([' ', '\n']).Length;
        var text = new StringBuilder();
        for (var i = 0; i <= tokens / perSection; i++)
        {
            text.Append(Section);
        }

        return text.ToString();
    }

    /// <summary>An export of the page with one chat of that many messages.</summary>
    public static string Chat(int messages)
    {
        var list = new JsonArray();
        for (var i = 0; i < messages; i++)
        {
            list.Add(i % 2 == 0
                ? new JsonObject { ["role"] = "user", ["text"] = $"Question {i}: what about this, and how does it go on from there?" }
                : new JsonObject
                {
                    ["role"] = "assistant",
                    ["text"] = Section,
                    ["thinking"] = "A thought of some length. " + Section,
                    ["thinkingMs"] = 1200,
                    ["model"] = "r1"
                });
        }

        return new JsonObject
        {
            ["format"] = "lambdachat",
            ["version"] = 1,
            ["chats"] = new JsonArray(new JsonObject { ["title"] = "Long", ["messages"] = list })
        }.ToJsonString();
    }
}
