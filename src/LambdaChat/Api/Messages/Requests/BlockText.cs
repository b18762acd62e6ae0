using LambdaChat.Http;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>The texts of the blocks that have text: <c>text</c>, <c>document</c> and <c>search_result</c>.</summary>
internal static class BlockText
{
    /// <summary>Adds the text of a block; false for a block of another type.</summary>
    /// <exception cref="InvalidRequestException">The block is malformed, or a document in a form that is not text.</exception>
    public static bool TryAdd(JsonObjectItem block, string type, JoinedText text)
    {
        switch (type)
        {
            case "text":
                text.Add(block.Text("text").Span);
                return true;
            case "document":
                AddTitle(block, text);
                AddDocument(block.Object("source"), text);
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
                throw source.Fault("type", "must be text or content: documents in other forms are not supported");
        }
    }

    private static void AddTexts(JsonObjectItem parent, string name, JoinedText text)
    {
        var content = parent.Find(name) ?? throw parent.Fault(name, "is required: a string or an array of text blocks");
        if (content.IsText)
        {
            text.Add(content.Text.Span);
            return;
        }

        if (!content.IsArray)
        {
            throw parent.Fault(name, "must be a string or an array of text blocks");
        }

        var blocks = content.Elements();
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = new JsonObjectItem(blocks[i], $"{parent.Path}.{name}[{i}]");
            text.Add(block.Type == "text" ? block.Text("text").Span : throw block.Fault("type", "must be text"));
        }
    }
}
