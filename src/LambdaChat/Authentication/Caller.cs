using LambdaChat.Limits;

namespace LambdaChat.Authentication;

/// <summary>Who sent a request, as a feature of its context.</summary>
/// <param name="Name">The key's name; null where everybody is let in.</param>
internal sealed record Caller(string? Name)
{
    /// <summary>Limits of its own; null where it has none but the configured ones.</summary>
    public LimitSet? Limits { get; init; }

    /// <summary>The caller of a request that was let in.</summary>
    public static Caller Of(HttpContext context) => context.Features.Get<Caller>() ?? new Caller(Name: null);
}
