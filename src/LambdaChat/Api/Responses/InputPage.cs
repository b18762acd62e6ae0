using System.Runtime.InteropServices;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Streaming;

namespace LambdaChat.Api.Responses;

/// <summary>
/// The items of a stored input in pages. An item without an id, or with that of an earlier item, gets one from its position: clients name
/// the last item of a page to get the next one. Source:
/// https://platform.openai.com/docs/api-reference/responses/input-items
/// </summary>
internal sealed class InputPage
{
    private readonly List<(string Id, RequestItem Item)> _items;

    public InputPage(StoredResponse response, bool isAscending)
    {
        var used = new HashSet<string>(StringComparer.Ordinal) { "" };
        _items = [.. new RequestItem(response.Input, "input").Elements().Select((item, i) =>
            (item.Name("id") is var id && used.Add(id) ? id : $"item_{response.View.Random}{i}", item))];
        if (!isAscending)
        {
            _items.Reverse();
        }
    }

    /// <summary>
    /// Writes the page after an item, or the page before one, which ends with the item next to it. With both, the items between them.
    /// </summary>
    /// <param name="limit">The most items.</param>
    /// <param name="after">The id of the item before the page; null or empty for none.</param>
    /// <param name="before">The id of the item after the page; null or empty for none.</param>
    /// <exception cref="ErrorResponseException">There is no such item.</exception>
    public void Write(ByteBuffer output, int limit, string? after, string? before)
    {
        var first = string.IsNullOrEmpty(after) ? 0 : IndexOf(after, "after") + 1;
        var end = string.IsNullOrEmpty(before) ? _items.Count : IndexOf(before, "before");
        var count = Math.Clamp(end - first, 0, limit);
        var isBackward = string.IsNullOrEmpty(after) && !string.IsNullOrEmpty(before);
        Write(output, _items.GetRange(isBackward ? end - count : first, count), hasMore: first + count < end);
    }

    private int IndexOf(string id, string parameter)
    {
        var index = _items.FindIndex(entry => entry.Id == id);
        return index >= 0
            ? index
            : throw new ErrorResponseException(FieldErrors.Invalid(parameter, "the input has no item with this id"));
    }

    private static void Write(ByteBuffer output, List<(string Id, RequestItem Item)> page, bool hasMore)
    {
        output.Append("{\"object\":\"list\",\"data\":["u8);
        for (var i = 0; i < page.Count; i++)
        {
            output.Append(i > 0 ? ","u8 : default);
            WriteItem(output, page[i].Id, page[i].Item);
        }

        output.Append("],\"first_id\":"u8);
        output.Append(page.Count > 0 ? JsonText.Quote(page[0].Id) : "null"u8);
        output.Append(",\"last_id\":"u8);
        output.Append(page.Count > 0 ? JsonText.Quote(page[^1].Id) : "null"u8);
        output.Append(hasMore ? ",\"has_more\":true}"u8 : ",\"has_more\":false}"u8);
    }

    private static void WriteItem(ByteBuffer output, string id, RequestItem item)
    {
        if (item.Name("id") == id)
        {
            output.Append(item.Raw);
            return;
        }

        output.Append("{\"id\":"u8);
        output.Append(JsonText.Quote(id));
        foreach (var member in item.Value.EnumerateObject().Where(static member => !member.NameEquals("id"u8)))
        {
            output.Append(",\""u8);
            output.Append(JsonMarshal.GetRawUtf8PropertyName(member));
            output.Append("\":"u8);
            output.Append(JsonMarshal.GetRawUtf8Value(member.Value));
        }

        output.Append("}"u8);
    }
}
