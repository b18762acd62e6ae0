using System.Buffers.Text;
using System.Text.Json;

namespace LambdaChat.Authentication.Jwt;

/// <summary>
/// The unverified header of a JSON Web Token, which names the key that verifies it. Source:
/// https://www.rfc-editor.org/rfc/rfc7515#section-4.1
/// </summary>
/// <param name="KeyId">The id of the key; null if the header has none.</param>
/// <param name="IsValid">
/// False if the header is too long, its key id is not a text, or it names extensions that a recipient must know: none is known here.
/// </param>
internal sealed record JwtHeader(string? KeyId, bool IsValid = true)
{
    private const int MaximumLength = 4096;

    private static JwtHeader Invalid { get; } = new(KeyId: null, IsValid: false);

    /// <summary>
    /// Reads the header of a signed token: three parts separated by dots, of which the first is a JSON object in Base64url. The signature
    /// may be empty. Returns null for any other text, which may be an API key with two dots.
    /// </summary>
    public static JwtHeader? Read(string credential)
    {
        if (credential.AsSpan().Count('.') != 2)
        {
            return null;
        }

        var encoded = credential.AsSpan(0, credential.IndexOf('.', StringComparison.Ordinal));
        if (encoded.Length > MaximumLength)
        {
            return Invalid;
        }

        try
        {
            Span<byte> json = stackalloc byte[MaximumLength];
            return Base64Url.TryDecodeFromChars(encoded, json, out var length) ? Parse(json[..length]) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            return Invalid; // The key id is not a string, or half of a surrogate pair.
        }
    }

    private static JwtHeader? Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? keyId = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("crit"u8))
            {
                return Invalid;
            }

            var isKeyId = reader.ValueTextEquals("kid"u8);
            reader.Read();
            if (isKeyId)
            {
                keyId = reader.GetString();
            }

            reader.Skip();
        }

        return reader.TokenType == JsonTokenType.EndObject ? new JwtHeader(keyId) : null;
    }
}
