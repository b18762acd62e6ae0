using LambdaChat.Authentication.Callers;

namespace LambdaChat.Authentication.ApiKeys;

/// <summary>One key, known by its hash.</summary>
/// <param name="Name">What the log calls who holds it.</param>
/// <param name="Hash">Its SHA-256, 32 bytes.</param>
internal sealed record ApiKey(string Name, byte[] Hash)
{
    /// <summary>From then on it lets nobody in; null where it does not end.</summary>
    public DateTimeOffset? Expires { get; init; }

    public bool IsDisabled { get; init; }

    /// <summary>The names of the models that it is for; null for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>The origins whose pages may use it; null for all. Who calls without a browser sends none, and is not held by this.</summary>
    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>The key's own limits as JSON; null if it has none.</summary>
    public string? Limits { get; init; }

    /// <summary>Says whether the key lets a request in.</summary>
    /// <param name="origin">The request's <c>Origin</c>; empty where it has none.</param>
    public AuthenticationResult Judge(string origin, DateTimeOffset now)
    {
        if (IsDisabled)
        {
            return AuthenticationResult.UnknownKey("The API key is disabled.");
        }

        if (now >= Expires)
        {
            return AuthenticationResult.UnknownKey("The API key has expired.");
        }

        return Origins is null || origin.Length == 0 || Origins.Contains(origin, StringComparer.Ordinal)
            ? AuthenticationResult.Enter(new Caller(Name) { Limits = Limits, Models = Models })
            : AuthenticationResult.ForeignOrigin;
    }
}
