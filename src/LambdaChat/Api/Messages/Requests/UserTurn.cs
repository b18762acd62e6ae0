using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Messages.Requests;

/// <summary>
/// Adjacent user messages. Their tool results become messages of the role <c>tool</c>, which must directly follow the calls; everything
/// else, with the images of tool results, becomes one user message after them.
/// </summary>
internal sealed class UserTurn(ToolCallIds ids, ToolChanges tools)
{
    private readonly ByteBuffer _results = new(1024);
    private readonly UserContent _content = new();

    public void AddText(ReadOnlySpan<byte> escaped) => _content.AddText(escaped);

    /// <summary>Adds a content block.</summary>
    /// <exception cref="ErrorResponseException">The block is malformed or not supported.</exception>
    public void Add(JsonObjectItem block)
    {
        var text = new JoinedText();
        switch (block.Type)
        {
            case "image":
                AddImage(block.Object("source", tag: ""));
                break;
            case "tool_result":
                AddResult(block);
                break;
            case var type when BlockText.TryAdd(block, type, text):
                _content.AddText(text.Span);
                break;
            case var _ when tools.TryAdd(block):
                break;
            default:
                throw block.Unsupported("type", ["text", "image", "document", "search_result", "tool_result"]);
        }
    }

    /// <summary>Writes the messages, each after a comma if <paramref name="output"/> has earlier ones, and resets the turn.</summary>
    public void Flush(ByteBuffer output)
    {
        ChatJson.Append(output, _results.Span);
        ids.WriteMissingResults(output);
        _content.Flush(output);
        _results.Clear();
    }

    private void AddImage(JsonObjectItem source)
    {
        switch (source.Type)
        {
            case "base64":
                _content.AddImage(source.Text("media_type").Span, source.Text("data").Span);
                break;
            case "url":
                _content.AddImage(source.Text("url").Span);
                break;
            default:
                throw source.Unsupported("type", ["base64", "url"]);
        }
    }

    private void AddResult(JsonObjectItem block)
    {
        var text = new JoinedText();
        text.Add(block.IsTrue("is_error") ? "Error:"u8 : default);
        switch (block.Find("content"))
        {
            case null:
                break;
            case { IsText: true } content:
                text.Add(content.Text.Span);
                break;
            case { IsArray: true } content:
                AddResultBlocks(content.Elements(), block.PathOf("content"), text);
                break;
            default:
                throw block.Missing("content", FieldType.Content);
        }

        ChatJson.AppendResult(_results, ids.TakeResult(JsonText.Decode(block.Text("tool_use_id").Span)), text.Span);
    }

    private void AddResultBlocks(List<JsonItem> blocks, string path, JoinedText text)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            var inner = new JsonObjectItem(blocks[i], $"{path}[{i}]", tag: "");
            switch (inner.Type)
            {
                case "image":
                    text.Add("[The image follows in the next user message.]"u8);
                    AddImage(inner.Object("source", tag: ""));
                    break;
                case "tool_reference":
                    var name = inner.Text("tool_name").Span;
                    tools.Load(JsonText.Decode(name));
                    text.Add([.. "The tool is available now: "u8, .. name]);
                    break;
                case var type when !BlockText.TryAdd(inner, type, text):
                    throw inner.Unsupported("type", ["text", "image", "document", "search_result", "tool_reference"]);
            }
        }
    }
}
