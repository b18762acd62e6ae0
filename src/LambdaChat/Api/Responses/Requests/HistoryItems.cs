using LambdaChat.Api.Requests;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The items before the input, which the input may repeat: the AI SDK sends the texts and the calls of a response again together with its
/// id. Ids are unique within a conversation, so an item with the id of an earlier one is the same item.
/// </summary>
internal sealed class HistoryItems
{
    private readonly HashSet<(string Type, string Id)> _items = [];

    /// <param name="items">The items; null for none. Calls that are cut do not count, because the model does not get them.</param>
    public HistoryItems(RequestItem? items)
    {
        All = [.. items?.Elements().Where(static item => !InputItems.IsCutCall(item)) ?? []];
        foreach (var item in All)
        {
            _items.Add((InputItems.TypeOf(item), item.Name("id")));
            _items.Add(CallOf(item));
        }
    }

    /// <summary>The items that the model gets.</summary>
    public IReadOnlyList<RequestItem> All { get; }

    /// <summary>True if an item of the input, to which a reference was resolved, is one of these items.</summary>
    public bool Has(RequestItem item) =>
        _items.Count > 0 && ((item.Name("id") is { Length: > 0 } id && _items.Contains((InputItems.TypeOf(item), id)))
            || (InputItems.IsCall(item) && _items.Contains(CallOf(item))));

    private static (string Type, string Id) CallOf(RequestItem item) =>
        InputItems.IsCall(item) ? ("call", InputItems.CallIdOf(item)) : default;
}
