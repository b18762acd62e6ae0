using System.Buffers.Text;
using System.Text.Json;

namespace LambdaChat.Authentication.Jwt;

/// <summary>
/// Reads the unverified header of a JSON Web Token, to find the key that verifies it. Source:
/// https://www.rfc-editor.org/rfc/rfc7515#section-4.1
/// </summary>
internal static class JwtHeader
{
    private const int MaximumLength = 4096;

    /// <summary>True for three parts separated by dots, the format of a signed token. The signature may be empty.</summary>
    public static bool HasTokenFormat(string credential) => credential.AsSpan().Count('.') == 2;

    /// <summary>Reads the id of the key; null if the header has none.</summary>
    /// <returns>False if the header cannot be read.</returns>
    public static bool TryReadKeyId(string token, out string? keyId)
    {
        keyId = null;
        var encoded = token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal));
        if (encoded.Length > MaximumLength)
        {
            return false;
        }

        try
        {
            Span<byte> json = stackalloc byte[MaximumLength];
            return Base64Url.TryDecodeFromChars(encoded, json, out var length) && TryRead(json[..length], ref keyId);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> json, ref string? keyId)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKeyId = reader.ValueTextEquals("kid"u8);
            reader.Read();
            if (isKeyId)
            {
                keyId = reader.GetString();
            }

            reader.Skip();
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }
}
