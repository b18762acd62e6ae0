using System.Diagnostics.CodeAnalysis;
using LambdaChat.Errors;

namespace LambdaChat.Authentication;

/// <summary>
/// Lets in who sends a known key as <c>Authorization: Bearer KEY</c>. Everything needs a key that is not marked <see cref="Public"/>.
/// A middleware of our own: the framework's authentication and authorization cost a cold start a tenth of its time, which keys alone
/// are not worth.
/// </summary>
internal sealed class Admission(ApiKeys keys, bool isOpen)
{
    private const string Prefix = "Bearer ";
    private const string AccessCodePrefix = "nk-";

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (isOpen || HttpMethods.IsOptions(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<Public>() is not null)
        {
            return next(context);
        }

        string? authorization = context.Request.Headers.Authorization;
        if (string.IsNullOrEmpty(authorization))
        {
            return RefuseAsync(context.Response, "An API key is required: send it as `Authorization: Bearer KEY`.");
        }

        if (!authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !TryFind(authorization[Prefix.Length..].Trim(), out var name))
        {
            return RefuseAsync(context.Response, "The API key is not known.");
        }

        context.Features.Set(new Caller(name));
        return next(context);
    }

    // NextChat puts nk- before a key that was typed as its access code.
    private bool TryFind(string key, [NotNullWhen(true)] out string? name) =>
        keys.TryFind(key, out name) || (key.StartsWith(AccessCodePrefix, StringComparison.Ordinal) && keys.TryFind(key[AccessCodePrefix.Length..], out name));

    private static Task RefuseAsync(HttpResponse response, string message)
    {
        response.Headers.WWWAuthenticate = "Bearer";
        return OpenAIError.Refused(StatusCodes.Status401Unauthorized, "invalid_api_key", message).WriteAsync(response);
    }
}
