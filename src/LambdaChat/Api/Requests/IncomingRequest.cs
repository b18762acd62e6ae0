using System.Text.Json;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Requests;

/// <summary>A validated request for a model of the catalog.</summary>
/// <param name="ModelName">The name by which the client requested the model.</param>
/// <param name="Headers">SageMaker's headers for the call.</param>
internal sealed record IncomingRequest(
    HttpContext Context, RequestBody Body, RequestJson Json, Model Model, string ModelName,
    IReadOnlyList<KeyValuePair<string, string>> Headers) : IDisposable
{
    private const int BytesOfToken = 24;

    /// <summary>
    /// Parses the body. The parsed document takes 12 bytes for each JSON token, and twice as much while it grows. This memory counts until
    /// the request is disposed.
    /// </summary>
    /// <exception cref="ErrorResponseException">There is no memory for it.</exception>
    public JsonDocument ParseDocument()
    {
        Body.Reserve(Json.Body.Length + (BytesOfToken * CountTokens(Json.Body.Span)));
        return JsonDocument.Parse(Json.Body, RequestItem.Options);
    }

    /// <summary>
    /// Releases the memory of the body when no further call can follow. After that, do not read the request or the upstream body that was
    /// created from it.
    /// </summary>
    public void Release(List<ReadOnlyMemory<byte>> made)
    {
        made.Clear();
        Json.Release();
        Body.Dispose();
    }

    public void Dispose() => Body.Dispose();

    private static int CountTokens(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RequestItem.Options.MaxDepth });
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        return count;
    }
}
