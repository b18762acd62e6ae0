namespace LambdaChat.Authentication.Callers;

/// <summary>The caller of a request, as a feature of its context.</summary>
/// <param name="Name">
/// The name in logs: that of the API key, <c>jwt:</c> and the subject of a token, or <c>iam:</c> and the name of a role or user. Names of
/// keys have no colon, so the three kinds do not collide. Null if access is anonymous.
/// </param>
internal sealed record Caller(string? Name)
{
    /// <summary>What distinguishes the caller from all others; the name, unless that is too short. Null if access is anonymous.</summary>
    public string? Id { get => field ?? Name; init; }

    /// <summary>The key's own limits as JSON, which <c>Limits</c> parses; null if only the configured limits apply.</summary>
    public string? Limits { get; init; }

    /// <summary>The names of the models that the caller may use; null for all.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public bool MayUse(string model) => Models is null || Models.Contains(model, StringComparer.Ordinal);

    /// <summary>The caller of an authenticated request.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? new Caller(Name: null);
}
