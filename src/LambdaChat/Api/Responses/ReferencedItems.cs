using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Responses;

/// <summary>
/// The items that <c>item_reference</c> names: each id contains the id of its response. For items that are not stored, the caller decides.
/// </summary>
internal sealed class ReferencedItems : IStoredItems, IDisposable
{
    private const int RandomLength = 40;
    private const int MaximumResponses = 100; // Of which one request may name items.

    private readonly List<JsonDocument> _responses = [];
    private readonly Dictionary<string, JsonElement> _items = new(StringComparer.Ordinal);

    /// <param name="input">The member <c>input</c> of the request.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    public static async Task<ReferencedItems> ReadAsync(StoredReplies replies, HttpContext context, JsonElement input)
    {
        var items = new ReferencedItems();
        if (!replies.IsAvailable || input.ValueKind != JsonValueKind.Array)
        {
            return items;
        }

        var responses = input.EnumerateArray().Select(FindResponse).OfType<string>().Distinct(StringComparer.Ordinal);
        foreach (var id in responses.Take(MaximumResponses))
        {
            using var response = await StoredResponse.OpenAsync(replies, context, id);
            items.Add(response?.ToHistory());
        }

        return items;
    }

    public JsonElement? Find(string id) => _items.TryGetValue(id, out var item) ? item : null;

    public void Dispose() => _responses.ForEach(response => response.Dispose());

    private void Add(JsonDocument? response)
    {
        if (response is null)
        {
            return;
        }

        _responses.Add(response);
        foreach (var item in response.RootElement.EnumerateArray())
        {
            if (new RequestItem(item, "").Find("id") is { Value.ValueKind: JsonValueKind.String } id)
            {
                _items[id.Value.GetString()!] = item;
            }
        }
    }

    // The id of the response of an item like msg_…0.
    private static string? FindResponse(JsonElement element)
    {
        var item = new RequestItem(element, "");
        if (item.Type != "item_reference" || item.Find("id") is not { Value.ValueKind: JsonValueKind.String } id)
        {
            return null;
        }

        var text = id.Value.GetString()!;
        var start = text.IndexOf('_') + 1;
        return start > 0 && text.Length > start + RandomLength ? $"resp_{text.AsSpan(start, RandomLength)}" : null;
    }
}
