namespace LambdaChat.Authentication;

/// <summary>A way in that takes longer than a look at the configuration.</summary>
internal interface IEntrance
{
    /// <summary>Judges what a request shows; null where it is nothing that this entrance knows.</summary>
    Task<Verdict?> JudgeAsync(HttpContext context, string credential);
}
