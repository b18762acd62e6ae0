using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Bodies;

/// <summary>The answer to an <c>input</c>: a small vector for each text, always the same for the same text.</summary>
internal static class Embeddings
{
    private const int Dimensions = 8;

    public static JsonNode Answer(ModelReply reply)
    {
        var request = reply.Request;
        var texts = request.Texts("input");
        var asBase64 = request.EncodingFormat == "base64"; // What OpenAI's clients ask for.
        var tokens = texts.Sum(static text => Script.Split(text).Count);
        return new JsonObject
        {
            ["id"] = $"embd-{reply.Id}",
            ["object"] = "list",
            ["created"] = reply.Created,
            ["model"] = request.Model,
            ["data"] = new JsonArray([.. texts.Select((text, index) => new JsonObject
            {
                ["index"] = index,
                ["object"] = "embedding",
                ["embedding"] = asBase64 ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(Vector(text))) : new JsonArray([.. Vector(text).Select(static value => JsonValue.Create(value))]),
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens, ["completion_tokens"] = 0 },
        };
    }

    /// <summary>Numbers within -1 and 1 that JSON writes exactly.</summary>
    public static float[] Vector(string text) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(Dimensions).Select(static value => (value - 128) / 128f)];
}
