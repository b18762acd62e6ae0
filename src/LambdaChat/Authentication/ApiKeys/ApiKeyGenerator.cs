using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>Creates API keys: <c>lc-</c> and 256 random bits in base64url, 46 characters.</summary>
internal static class ApiKeyGenerator
{
    private const string Prefix = "lc-";
    private const int Bytes = 32;
    private const int Length = 46;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>True for a text in the format of a generated key. Other texts are not looked up in the table.</summary>
    public static bool HasKeyFormat(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExcept(Letters);

    /// <summary>The SHA-256 of the key in UTF-8.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
