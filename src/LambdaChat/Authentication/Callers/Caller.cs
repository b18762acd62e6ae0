namespace LambdaChat.Authentication.Callers;

/// <summary>Who sent a request, as a feature of its context.</summary>
/// <param name="Name">
/// The key's name; <c>jwt:</c> and the subject of a token; <c>iam:</c> and the name of a role or user. No key's name has a colon, so that none is
/// taken for another. Null where everybody is let in.
/// </param>
internal sealed record Caller(string? Name)
{
    /// <summary>The key's own limits as JSON, which <c>Limits</c> parses; null if only the configured limits apply.</summary>
    public string? Limits { get; init; }

    /// <summary>The names of the models that it may ask for; null for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public bool MayUse(string model) => Models is null || Models.Contains(model, StringComparer.Ordinal);

    /// <summary>The caller of a request that was let in.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? new Caller(Name: null);
}
