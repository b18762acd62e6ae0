using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.ReplyStore;

namespace LambdaChat.Api.Responses;

/// <summary>
/// The items that <c>item_reference</c> names: each id contains the id of its response. For items that are not stored, the caller decides.
/// </summary>
internal sealed class ReferencedItems : IStoredItems
{
    private const int RandomLength = 40;
    private const int MaximumResponses = 100; // Responses whose items one request may name.

    private readonly Dictionary<string, JsonElement?> _items = new(StringComparer.Ordinal); // Null for an item that is not stored.

    /// <summary>The bytes of all items.</summary>
    public int Length { get; private set; }

    /// <param name="input">The member <c>input</c> of the request.</param>
    /// <exception cref="ReplyStoreException">The store failed.</exception>
    /// <exception cref="InvalidRequestException">The input refers to an item twice, or the items are too long.</exception>
    public static async Task<ReferencedItems> ReadAsync(StoredReplies replies, HttpContext context, JsonElement input)
    {
        var items = new ReferencedItems();
        if (!replies.IsAvailable || input.ValueKind != JsonValueKind.Array)
        {
            return items;
        }

        var responses = new RequestItem(input, "input").Elements().Select(items.FindResponse).OfType<string>()
            .Distinct(StringComparer.Ordinal).ToList();
        var search = replies.StartSearch();
        foreach (var id in responses.Take(MaximumResponses))
        {
            using var response = await StoredResponse.OpenAsync(replies, context, id, search);
            using var history = response?.ToHistory();
            items.Take(history);
        }

        return items;
    }

    public JsonElement? Find(string id) => _items.GetValueOrDefault(id);

    // Copies the items that the request names.
    private void Take(JsonDocument? history)
    {
        foreach (var item in history?.RootElement.EnumerateArray() ?? default)
        {
            if (new RequestItem(item, "").Find("id") is { Value.ValueKind: JsonValueKind.String } id
                && id.Value.GetString()! is var name && _items.TryGetValue(name, out var earlier))
            {
                Length += earlier is null ? new RequestItem(item, "").Raw.Length : 0;
                RequestLimits.Require(Length);
                _items[name] = earlier ?? item.Clone();
            }
        }
    }

    // The id of the response of an item like msg_…0.
    private string? FindResponse(RequestItem item)
    {
        if (InputItems.TypeOf(item) != InputItems.Reference || item.Find("id") is not { Value.ValueKind: JsonValueKind.String } id)
        {
            return null;
        }

        var text = id.Value.GetString()!;
        if (!_items.TryAdd(text, null))
        {
            throw new InvalidRequestException(OpenAIError.BadRequest(
                $"Duplicate item found with id {Excerpt.Of(text)}. Remove duplicate items from your input and try again.", id.Path));
        }

        var start = text.IndexOf('_') + 1;
        return start > 0 && text.Length > start + RandomLength ? $"resp_{text.AsSpan(start, RandomLength)}" : null;
    }
}
