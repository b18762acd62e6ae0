namespace LambdaChat.Authentication.Callers;

/// <summary>
/// The API key or token of a request: <c>Authorization: Bearer KEY</c>, <c>x-api-key: KEY</c> or <c>api-key: KEY</c>, depending on the
/// client.
/// </summary>
internal static class RequestCredential
{
    private const string Scheme = "Bearer ";
    private const string AccessCodePrefix = "nk-";

    /// <summary>
    /// Reads the credential of a request. Returns null and sets <paramref name="error"/> if no header has one, or if two headers have
    /// different ones.
    /// </summary>
    public static string? Read(IHeaderDictionary headers, out AuthenticationResult? error)
    {
        var authorization = headers.Authorization.ToString();
        var isBearer = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        string?[] candidates = [isBearer ? authorization[Scheme.Length..].Trim() : null, headers["x-api-key"], headers["api-key"]];
        string? key = null;
        foreach (var candidate in candidates)
        {
            if (string.IsNullOrEmpty(candidate))
            {
                continue;
            }

            if (key is not null && WithoutPrefix(key) != WithoutPrefix(candidate))
            {
                error = AuthenticationResult.AmbiguousKeys;
                return null;
            }

            key ??= candidate;
        }

        error = key is not null ? null : authorization.Length > 0 ? AuthenticationResult.IncorrectKey : AuthenticationResult.MissingKey;
        return key;
    }

    /// <summary>The key without the prefix <c>nk-</c>, which NextChat adds to a key that was entered as its access code.</summary>
    public static string WithoutPrefix(string key) =>
        key.StartsWith(AccessCodePrefix, StringComparison.Ordinal) ? key[AccessCodePrefix.Length..] : key;
}
