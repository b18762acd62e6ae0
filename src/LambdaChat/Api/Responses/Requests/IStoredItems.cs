using System.Text.Json;

namespace LambdaChat.Api.Responses.Requests;

/// <summary>The stored items to which a request refers.</summary>
internal interface IStoredItems
{
    /// <summary>Returns an item; null if none with this id is stored.</summary>
    JsonElement? Find(string id);
}
