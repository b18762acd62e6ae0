using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.Callers;
using LambdaChat.Authentication.Iam;
using LambdaChat.Hosting;
using LambdaChat.Http;

namespace LambdaChat.Authentication;

/// <summary>
/// Lets in who shows a known key, a token or an identity of IAM. Everything needs one that is not marked <see cref="AnonymousAccess"/>.
/// A middleware of our own: the framework's authentication and authorization cost a cold start a tenth of its time, which keys alone
/// are not worth.
/// </summary>
/// <param name="keys">The keys of the configuration; they are looked at first.</param>
/// <param name="entrances">The other ways in, asked in this order.</param>
internal sealed class ApiAuthenticationMiddleware(ApiKeyList keys, AuthenticationSettings settings, IReadOnlyList<ICredentialValidator> entrances, TimeProvider timeProvider)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (settings.IsOpen || HttpMethods.IsOptions(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<AnonymousAccess>() is not null)
        {
            return next(context);
        }

        if (settings.AdmitsIam && context.Features.Get<IamIdentity>() is { } identity && IamCaller.Of(identity) is { } caller)
        {
            return EnterAsync(context, next, AuthenticationResult.Enter(caller));
        }

        if (RequestCredential.Read(context.Request.Headers, out var problem) is not { } shown)
        {
            return problem!.RefuseAsync(context.Response);
        }

        if ((keys.Find(shown) ?? FindWithoutPrefix(shown)) is { } key)
        {
            return EnterAsync(context, next, key.Judge(context.Request.Headers.Origin.ToString(), timeProvider.GetUtcNow()));
        }

        return entrances.Count > 0 ? AskAsync(context, next, shown) : AuthenticationResult.Unknown.RefuseAsync(context.Response);
    }

    private static Task EnterAsync(HttpContext context, RequestDelegate next, AuthenticationResult result)
    {
        if (result.Caller is null)
        {
            return result.RefuseAsync(context.Response);
        }

        context.Features.Set(result.Caller);
        return next(context);
    }

    private ApiKey? FindWithoutPrefix(string shown) => RequestCredential.WithoutPrefix(shown) is var rest && rest != shown ? keys.Find(rest) : null;

    private async Task AskAsync(HttpContext context, RequestDelegate next, string shown)
    {
        var result = await JudgeAsync(context, shown);
        if (result is null && RequestCredential.WithoutPrefix(shown) is var rest && rest != shown)
        {
            result = await JudgeAsync(context, rest);
        }

        await EnterAsync(context, next, result ?? AuthenticationResult.Unknown);
    }

    private async Task<AuthenticationResult?> JudgeAsync(HttpContext context, string shown)
    {
        AuthenticationResult? undecided = null;
        foreach (var entrance in entrances)
        {
            var result = await entrance.JudgeAsync(context, shown);
            if (result is { IsUndecided: false })
            {
                return result;
            }

            undecided ??= result;
        }

        return undecided;
    }
}

/// <summary>Who enters without a key.</summary>
/// <param name="IsOpen">Everybody.</param>
/// <param name="AdmitsIam">Whom AWS has let pass, as the event says.</param>
internal sealed record AuthenticationSettings(bool IsOpen, bool AdmitsIam);
