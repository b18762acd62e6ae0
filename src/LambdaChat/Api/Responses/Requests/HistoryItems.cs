using LambdaChat.Api.Requests;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>
/// The items before the input, which the input may repeat: the AI SDK sends the texts and the calls of a response again together with its
/// id. Only items that a model has produced are compared, because their ids are unique within a conversation. A client may give several of
/// its own items the same id.
/// </summary>
internal sealed class HistoryItems
{
    private readonly HashSet<(string Type, string Id)> _ids = [];
    private readonly HashSet<string> _callsWithoutOutput = [];

    /// <param name="items">The items; null for none. Calls that are cut do not count, because the model does not get them.</param>
    public HistoryItems(RequestItem? items)
    {
        All = [.. items?.Elements().Where(static item => !InputItems.IsCutCall(item)) ?? []];
        var ended = new HashSet<string> { "" };
        foreach (var output in All.Where(InputItems.IsOutput))
        {
            ended.Add(InputItems.FindCallId(output) ?? "");
        }

        foreach (var item in All.Where(IsOfModel))
        {
            _ids.Add((InputItems.TypeOf(item), item.Name("id")));
            if (InputItems.IsCall(item) && InputItems.CallIdOf(item) is var id && !ended.Contains(id))
            {
                _callsWithoutOutput.Add(id);
            }
        }
    }

    /// <summary>The items that the model gets.</summary>
    public IReadOnlyList<RequestItem> All { get; }

    /// <summary>
    /// True if an item of the input, to which a reference was resolved, is one of these items. A call without an id of its own is the same
    /// call if the earlier one has no output yet. Otherwise the client has used the id of a call again.
    /// </summary>
    public bool Has(RequestItem item) =>
        All.Count > 0 && IsOfModel(item)
        && ((item.Name("id") is { Length: > 0 } id && _ids.Contains((InputItems.TypeOf(item), id)))
            || (InputItems.IsCall(item) && _callsWithoutOutput.Contains(InputItems.CallIdOf(item))));

    private static bool IsOfModel(RequestItem item) =>
        InputItems.TypeOf(item) is "message" ? item.Name("role") == "assistant" : !InputItems.IsOutput(item);
}
