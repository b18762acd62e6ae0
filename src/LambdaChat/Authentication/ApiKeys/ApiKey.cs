using LambdaChat.Authentication.Callers;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>An API key. Only its hash is known.</summary>
/// <param name="Name">The name of the key's holder in logs and limits.</param>
/// <param name="Hash">The SHA-256 of the key, 32 bytes.</param>
internal sealed record ApiKey(string Name, byte[] Hash)
{
    /// <summary>The time from which the key is refused; null if it does not expire.</summary>
    public DateTimeOffset? Expires { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>The names of the models that the key may use; null for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>
    /// The origins whose web pages may use the key; null for all. Clients other than browsers send no origin and are not restricted.
    /// </summary>
    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>The key's own limits as JSON; null if it has none.</summary>
    public string? Limits { get; init; }

    /// <summary>Authenticates a request that has this key.</summary>
    /// <param name="origin">The request's <c>Origin</c>; empty if it has none.</param>
    public AuthenticationResult Authenticate(string origin, DateTimeOffset now)
    {
        if (IsDisabled)
        {
            return AuthenticationResult.DisabledKey;
        }

        if (now >= Expires)
        {
            return AuthenticationResult.ExpiredKey;
        }

        return Origins is null || origin.Length == 0 || Origins.Contains(origin, StringComparer.Ordinal)
            ? AuthenticationResult.Success(new Caller(Name) { Limits = Limits, Models = Models })
            : AuthenticationResult.OriginNotAllowed;
    }
}
