using LambdaChat.Lambda;

namespace LambdaChat.Authentication;

/// <summary>
/// Lets in who shows a known key, a token or an identity of IAM. Everything needs one that is not marked <see cref="Public"/>.
/// A middleware of our own: the framework's authentication and authorization cost a cold start a tenth of its time, which keys alone
/// are not worth.
/// </summary>
/// <param name="keys">The keys of the configuration; they are looked at first.</param>
/// <param name="entrances">The other ways in, asked in this order.</param>
internal sealed class Admission(ApiKeys keys, AdmissionSettings settings, IReadOnlyList<IEntrance> entrances, TimeProvider timeProvider)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (settings.IsOpen || HttpMethods.IsOptions(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<Public>() is not null)
        {
            return next(context);
        }

        if (settings.AdmitsIam && context.Features.Get<IamIdentity>() is { } identity && IamCaller.Of(identity) is { } caller)
        {
            return EnterAsync(context, next, Verdict.Enter(caller));
        }

        if (PresentedKey.Read(context.Request.Headers, out var problem) is not { } shown)
        {
            return problem!.RefuseAsync(context.Response);
        }

        if ((keys.Find(shown) ?? FindWithoutPrefix(shown)) is { } key)
        {
            return EnterAsync(context, next, key.Judge(context.Request.Headers.Origin.ToString(), timeProvider.GetUtcNow()));
        }

        return entrances.Count > 0 ? AskAsync(context, next, shown) : Verdict.Unknown.RefuseAsync(context.Response);
    }

    private static Task EnterAsync(HttpContext context, RequestDelegate next, Verdict verdict)
    {
        if (verdict.Caller is null)
        {
            return verdict.RefuseAsync(context.Response);
        }

        context.Features.Set(verdict.Caller);
        return next(context);
    }

    private ApiKey? FindWithoutPrefix(string shown) => PresentedKey.WithoutPrefix(shown) is var rest && rest != shown ? keys.Find(rest) : null;

    private async Task AskAsync(HttpContext context, RequestDelegate next, string shown)
    {
        var verdict = await JudgeAsync(context, shown);
        if (verdict is null && PresentedKey.WithoutPrefix(shown) is var rest && rest != shown)
        {
            verdict = await JudgeAsync(context, rest);
        }

        await EnterAsync(context, next, verdict ?? Verdict.Unknown);
    }

    private async Task<Verdict?> JudgeAsync(HttpContext context, string shown)
    {
        Verdict? undecided = null;
        foreach (var entrance in entrances)
        {
            var verdict = await entrance.JudgeAsync(context, shown);
            if (verdict is { IsUndecided: false })
            {
                return verdict;
            }

            undecided ??= verdict;
        }

        return undecided;
    }
}

/// <summary>Who enters without a key.</summary>
/// <param name="IsOpen">Everybody.</param>
/// <param name="AdmitsIam">Whom AWS has let pass, as the event says.</param>
internal sealed record AdmissionSettings(bool IsOpen, bool AdmitsIam);
