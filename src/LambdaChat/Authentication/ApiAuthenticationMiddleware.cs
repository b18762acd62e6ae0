using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.Iam;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Authorization;

namespace LambdaChat.Authentication;

/// <summary>
/// Authenticates every request to an endpoint without <see cref="IAllowAnonymous"/>, by API key, bearer token or IAM identity. The
/// framework's authentication and authorization are not used because they add a tenth to the time of a cold start.
/// </summary>
/// <param name="keys">The keys in the configuration, which are checked first.</param>
/// <param name="validators">The other methods, in the order in which they are tried.</param>
internal sealed class ApiAuthenticationMiddleware(
    ApiKeyList keys, AuthenticationSettings settings, IReadOnlyList<ICredentialValidator> validators, TimeProvider timeProvider)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (settings.AllowsAnonymous || IsAnonymous(context))
        {
            return next(context);
        }

        if (settings.AllowsIam && context.Features.Get<IamIdentity>() is { } identity && IamCaller.Of(identity) is { } caller)
        {
            return CompleteAsync(context, next, AuthenticationResult.Success(caller));
        }

        if (RequestCredential.Read(context.Request.Headers, out var error) is not { } credential)
        {
            return error!.WriteErrorAsync(context.Response);
        }

        if ((keys.Find(credential) ?? FindWithoutPrefix(credential)) is { } key)
        {
            return CompleteAsync(context, next, key.Authenticate(context.Request.Headers.Origin.ToString(), timeProvider.GetUtcNow()));
        }

        return validators.Count > 0
            ? ValidateAsync(context, next, credential)
            : AuthenticationResult.IncorrectKey.WriteErrorAsync(context.Response);
    }

    // A preflight has no credentials.
    private static bool IsAnonymous(HttpContext context) =>
        HttpMethods.IsOptions(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static Task CompleteAsync(HttpContext context, RequestDelegate next, AuthenticationResult result)
    {
        if (result.Caller is null)
        {
            return result.WriteErrorAsync(context.Response);
        }

        context.Features.Set(result.Caller);
        return next(context);
    }

    private ApiKey? FindWithoutPrefix(string credential) =>
        RequestCredential.WithoutPrefix(credential) is var rest && rest != credential ? keys.Find(rest) : null;

    private async Task ValidateAsync(HttpContext context, RequestDelegate next, string credential)
    {
        var result = await ValidateAsync(context, credential);
        if (result is null or { IsUnavailable: true } && RequestCredential.WithoutPrefix(credential) is var rest && rest != credential)
        {
            result = await ValidateAsync(context, rest) ?? result;
        }

        await CompleteAsync(context, next, result ?? AuthenticationResult.IncorrectKey);
    }

    private async Task<AuthenticationResult?> ValidateAsync(HttpContext context, string credential)
    {
        AuthenticationResult? unavailable = null;
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(context, credential);
            if (result is { IsUnavailable: false })
            {
                return result;
            }

            unavailable ??= result;
        }

        return unavailable;
    }
}

/// <summary>Access without an API key.</summary>
/// <param name="AllowsAnonymous">True to accept every request.</param>
/// <param name="AllowsIam">True to accept callers that AWS IAM has authorized.</param>
internal sealed record AuthenticationSettings(bool AllowsAnonymous, bool AllowsIam);
