namespace LambdaChat.Authentication.Callers;

/// <summary>Validates a credential that needs I/O: a JWT, a secret store, or the key table.</summary>
internal interface ICredentialValidator
{
    /// <summary>Validates a credential; null if this validator does not know it.</summary>
    Task<AuthenticationResult?> ValidateAsync(HttpContext context, string credential);
}
