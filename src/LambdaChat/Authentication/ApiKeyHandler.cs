using System.Security.Claims;
using System.Text.Encodings.Web;
using LambdaChat.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace LambdaChat.Authentication;

/// <summary>Lets in who sends a known key as <c>Authorization: Bearer KEY</c>, under the key's name.</summary>
internal sealed class ApiKeyHandler(
    ApiKeys keys,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        var message = Request.Headers.Authorization.Count == 0
            ? "An API key is required: send it as `Authorization: Bearer KEY`."
            : "The API key is not known.";
        return OpenAIError.Refused(StatusCodes.Status401Unauthorized, "invalid_api_key", message).WriteAsync(Response);
    }

    private AuthenticateResult Authenticate()
    {
        string? authorization = Request.Headers.Authorization;
        if (authorization is null || !authorization.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (!keys.TryFind(authorization[Prefix.Length..].Trim(), out var name))
        {
            return AuthenticateResult.Fail("Unknown key.");
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
