using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>A validated request for a model of the catalogue.</summary>
/// <param name="ModelName">The name by which the client requested the model.</param>
/// <param name="Headers">SageMaker's headers for the call.</param>
internal sealed record IncomingRequest(
    RequestBody Body, RequestJson Json, Model Model, string ModelName, IReadOnlyList<KeyValuePair<string, string>> Headers) : IDisposable
{
    public void Dispose() => Body.Dispose();
}
