namespace LambdaChat.Authentication.Callers;

/// <summary>A way in that takes longer than a look at the configuration.</summary>
internal interface ICredentialValidator
{
    /// <summary>Judges what a request shows; null where it is nothing that this entrance knows.</summary>
    Task<AuthenticationResult?> JudgeAsync(HttpContext context, string credential);
}
