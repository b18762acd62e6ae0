namespace LambdaChat.Authentication.Callers;

/// <summary>
/// The key that a request shows: <c>Authorization: Bearer KEY</c>, <c>x-api-key: KEY</c> or <c>api-key: KEY</c>, as different clients send it.
/// </summary>
internal static class RequestCredential
{
    private const string Scheme = "Bearer ";
    private const string AccessCodePrefix = "nk-";

    /// <summary>Reads it; null where <paramref name="problem"/> says why there is none.</summary>
    public static string? Read(IHeaderDictionary headers, out AuthenticationResult? problem)
    {
        var authorization = headers.Authorization.ToString();
        var isBearer = authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        string?[] shown = [isBearer ? authorization[Scheme.Length..].Trim() : null, headers["x-api-key"], headers["api-key"]];
        string? key = null;
        foreach (var candidate in shown)
        {
            if (string.IsNullOrEmpty(candidate))
            {
                continue;
            }

            if (key is not null && WithoutPrefix(key) != WithoutPrefix(candidate))
            {
                problem = AuthenticationResult.TwoKeys;
                return null;
            }

            key ??= candidate;
        }

        problem = key is not null ? null : authorization.Length > 0 ? AuthenticationResult.Unknown : AuthenticationResult.NoKey;
        return key;
    }

    /// <summary>The key without the <c>nk-</c> that NextChat puts before one that was typed as its access code.</summary>
    public static string WithoutPrefix(string key) => key.StartsWith(AccessCodePrefix, StringComparison.Ordinal) ? key[AccessCodePrefix.Length..] : key;
}
