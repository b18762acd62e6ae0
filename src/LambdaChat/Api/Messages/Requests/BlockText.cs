using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>The texts of the blocks that have text: <c>text</c>, <c>document</c>, <c>search_result</c> and <c>compaction</c>.</summary>
internal static class BlockText
{
    /// <summary>Adds the text of a block; false for a block of another type.</summary>
    /// <exception cref="ErrorResponseException">The block is malformed, or a document in a form that is not text.</exception>
    public static bool TryAdd(JsonObjectItem block, string type, JoinedText text)
    {
        switch (type)
        {
            case "text":
                text.Add(block.Text("text").Span);
                return true;
            case "compaction": // Its content is a summary of earlier messages, or null.
                text.Add((block.FindText("content") ?? default).Span);
                return true;
            case "document":
                AddTitle(block, text);
                AddDocument(block.Object("source", tag: ""), text);
                return true;
            case "search_result":
                AddTitle(block, text);
                text.Add(block.Text("source").Span);
                AddTexts(block, "content", text);
                return true;
            default:
                return false;
        }
    }

    private static void AddTitle(JsonObjectItem block, JoinedText text)
    {
        text.Add((block.FindText("title") ?? default).Span);
        text.Add((block.FindText("context") ?? default).Span);
    }

    private static void AddDocument(JsonObjectItem source, JoinedText text)
    {
        switch (source.Type)
        {
            case "text":
                text.Add(source.Text("data").Span);
                break;
            case "content":
                AddTexts(source, "content", text);
                break;
            default:
                throw source.Unsupported("type", ["text", "content"], "Documents in other forms are not supported.");
        }
    }

    private static void AddTexts(JsonObjectItem parent, string name, JoinedText text)
    {
        var content = parent.Find(name) ?? throw parent.Missing(name, FieldType.Content);
        if (content.IsText)
        {
            text.Add(content.Text.Span);
            return;
        }

        if (!content.IsArray)
        {
            throw parent.Missing(name, FieldType.Content);
        }

        var (blocks, path) = (content.Elements(), parent.PathOf(name));
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = new JsonObjectItem(blocks[i], $"{path}[{i}]", tag: "");
            text.Add(block.Type == "text" ? block.Text("text").Span : throw block.Unsupported("type", ["text"]));
        }
    }
}
