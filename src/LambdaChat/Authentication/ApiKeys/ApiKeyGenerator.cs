using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>A key as the <c>keys</c> command makes it: <c>lc-</c> and 256 random bits in base64url, 46 characters.</summary>
internal static class ApiKeyGenerator
{
    private const string Prefix = "lc-";
    private const int Bytes = 32;
    private const int Length = 46;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>True for a text that may be one: nothing else is worth a question to the table.</summary>
    public static bool HasForm(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.AsSpan().ContainsAnyExcept(Letters);

    /// <summary>The SHA-256 of its UTF-8.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
