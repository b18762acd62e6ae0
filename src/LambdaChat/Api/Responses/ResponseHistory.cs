using System.Text.Json;

namespace LambdaChat.Api.Responses;

/// <summary>What precedes the input of a response that continues another one.</summary>
/// <param name="Items">The items, as an array.</param>
/// <param name="Hint">The routing hint of the first response; null if it had none.</param>
internal sealed record ResponseHistory(JsonDocument Items, string? Hint) : IDisposable
{
    public void Dispose() => Items.Dispose();
}
