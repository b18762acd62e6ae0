using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LambdaChat.Rehearsal;

/// <summary>The requests of the rehearsal, as events of a function URL.</summary>
internal static class RehearsalScript
{
    public const string Model = "rehearsal";

    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";

    // Never leaves the process, and is accepted only by the second instance of the function.
    private static readonly string Key = RandomNumberGenerator.GetHexString(32);

    /// <summary>The hash of the key, in the form of <c>API_KEYS</c>.</summary>
    public static string KeyHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));

    /// <summary>A stream and a whole reply of each API, and an error.</summary>
    public static IReadOnlyList<byte[]> Events =>
    [
        Event("/v1/chat/completions", $$"""{"model":"{{Model}}",{{Messages}},"stream":true}"""),
        Event("/v1/chat/completions", $$"""{"model":"{{Model}}",{{Messages}}}"""),
        Event("/v1/responses", $$"""{"model":"{{Model}}","input":"a","stream":true}"""),
        Event("/v1/messages", $$"""{"model":"{{Model}}",{{Messages}},"max_tokens":9,"stream":true}"""),
        Event("/v1/chat/completions", $$"""{"model":"{{Model}}",{{Messages}},"stream":1}"""),
    ];

    // Escaped by hand: the serializer is not needed elsewhere.
    private static byte[] Event(string path, string body) => Encoding.UTF8.GetBytes(
        $$"""
        {"version":"2.0","routeKey":"$default","rawPath":"{{path}}","rawQueryString":"","headers":{"host":"localhost",
        "content-type":"application/json","authorization":"Bearer {{Key}}","user-agent":"rehearsal"},
        "requestContext":{"domainName":"localhost","http":{"method":"POST","path":"{{path}}","protocol":"HTTP/1.1",
        "sourceIp":"127.0.0.1","userAgent":"rehearsal"},
        "requestId":"rehearsal","routeKey":"$default","stage":"$default","timeEpoch":1},"body":"{{JsonEncodedText.Encode(body)}}",
        "isBase64Encoded":false}
        """);
}
