using System.Text.Json;
using LambdaChat.Api.Replies.Stored;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;

namespace LambdaChat.Api.Responses;

/// <summary>
/// The items that <c>item_reference</c> names: each id contains the id of its response. For items that are not stored, the caller decides.
/// </summary>
internal sealed class ReferencedItems : IStoredItems
{
    private const int RandomLength = 40;
    private const int MaximumResponses = 50; // Responses that are opened for one request.
    private const int MaximumOpened = RequestLimits.MaximumBytes; // Bytes of stored responses, after which no further one is opened.

    private readonly Dictionary<string, JsonElement?> _items = new(StringComparer.Ordinal); // Null for an item that is not stored.
    private readonly List<(string Response, string Item)> _references = [];

    /// <summary>The bytes of all items.</summary>
    public int Length { get; private set; }

    /// <summary>True if no reference needs the store.</summary>
    public bool IsEmpty => _references.Count == 0;

    /// <summary>Finds the references in an input.</summary>
    /// <param name="input">The member <c>input</c> of the request; another value than an array has no references.</param>
    /// <exception cref="ErrorResponseException">The input refers to an item twice.</exception>
    public static ReferencedItems Find(JsonElement input)
    {
        var items = new ReferencedItems();
        foreach (var item in input.ValueKind == JsonValueKind.Array ? new RequestItem(input, "input").Elements() : [])
        {
            items.Add(item);
        }

        return items;
    }

    /// <summary>
    /// Reads the items. The last response of a conversation also has the items before it, so that usually no other one is opened.
    /// </summary>
    /// <exception cref="ErrorResponseException">
    /// The items are too long, or in too many bytes of responses; the caller reads too often; the store failed.
    /// </exception>
    public async Task ReadAsync(StoredReplies replies, HttpContext context)
    {
        var opened = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        var search = IsEmpty ? 0 : replies.StartSearch();
        for (var i = _references.Count - 1; i >= 0; i--)
        {
            var (response, item) = _references[i];
            if (_items[item] is not null || opened.Count == MaximumResponses || !opened.Add(response))
            {
                continue;
            }

            if (bytes > MaximumOpened)
            {
                throw new ErrorResponseException(FieldErrors.Invalid(
                    "input", $"its references name items of responses that have more than {MaximumOpened} bytes together"));
            }

            await replies.RunAsync(context, async () => bytes += await TakeAsync(replies, context, response, search));
        }
    }

    public JsonElement? Find(string id) => _items.GetValueOrDefault(id);

    // Returns the bytes of the response.
    private async Task<int> TakeAsync(StoredReplies replies, HttpContext context, string id, long search)
    {
        using var response = await StoredResponse.OpenAsync(replies, context, id, search);
        using var history = response?.ToHistory();
        Take(history);
        return response?.Length ?? 0;
    }

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

    // The id of an item like msg_…0 contains that of its response.
    private void Add(RequestItem item)
    {
        if (InputItems.TypeOf(item) != InputItems.Reference || item.Find("id") is not { Value.ValueKind: JsonValueKind.String } id)
        {
            return;
        }

        var text = id.Value.GetString()!;
        if (!_items.TryAdd(text, null))
        {
            throw new ErrorResponseException(ApiError.BadRequest(
                $"Duplicate item found with id {Excerpt.Of(text)}. Remove duplicate items from your input and try again.", id.Path));
        }

        var start = text.IndexOf('_') + 1;
        if (start > 0 && text.Length > start + RandomLength)
        {
            _references.Add(($"resp_{text.AsSpan(start, RandomLength)}", text));
        }
    }
}
