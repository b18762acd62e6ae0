using LambdaChat.Http;

namespace LambdaChat.Authentication.Callers;

/// <summary>The result of authenticating a request: the caller, or the error to return.</summary>
/// <param name="Challenge">
/// The value of <c>WWW-Authenticate</c>; null if another credential would not help. Source:
/// https://www.rfc-editor.org/rfc/rfc6750#section-3
/// </param>
internal sealed record AuthenticationResult(Caller? Caller, ApiError? Error, string? Challenge = null)
{
    private const string Bearer = "Bearer";

    // The words of OpenAI's own error: LiteLLM derives the class of its exception from them.
    private const string Incorrect = "Incorrect API key provided";

    /// <summary>The request has no credential.</summary>
    public static AuthenticationResult MissingKey { get; } =
        Unauthorized("You didn't provide an API key. Send your API key in the Authorization header: `Authorization: Bearer YOUR_KEY`.");

    /// <summary>No key matches the credential.</summary>
    public static AuthenticationResult IncorrectKey { get; } = Unauthorized($"{Incorrect}.");

    public static AuthenticationResult DisabledKey { get; } = Unauthorized($"{Incorrect}: the key is disabled.");

    public static AuthenticationResult ExpiredKey { get; } = Unauthorized($"{Incorrect}: the key has expired.");

    public static AuthenticationResult AmbiguousKeys { get; } =
        new(Caller: null, ApiError.BadRequest("The request has two different API keys. Send only one.", code: "ambiguous_api_key"));

    public static AuthenticationResult OriginNotAllowed { get; } = new(
        Caller: null,
        ApiError.Refused(
            StatusCodes.Status403Forbidden, "origin_not_allowed", "This API key cannot be used by web pages of this origin."));

    /// <summary>The same message for every defect of a token, so that a forger learns nothing from it.</summary>
    public static AuthenticationResult InvalidToken { get; } = new(
        Caller: null,
        ApiError.Refused(StatusCodes.Status401Unauthorized, "invalid_token", $"{Incorrect}: the token is not valid."),
        "Bearer error=\"invalid_token\"");

    public static AuthenticationResult InsufficientScope { get; } = new(
        Caller: null,
        ApiError.Refused(
            StatusCodes.Status403Forbidden, "insufficient_scope", "The token is valid, but does not grant access to this API."),
        "Bearer error=\"insufficient_scope\"");

    /// <summary>True if the credential could not be checked. Another validator may still know it.</summary>
    public bool IsUnavailable => Error?.Status == StatusCodes.Status503ServiceUnavailable;

    public static AuthenticationResult Success(Caller caller) => new(caller, Error: null);

    /// <summary>The service that checks the credential is unavailable.</summary>
    public static AuthenticationResult Unavailable(string code, string message) => new(
        Caller: null,
        ApiError.Server(StatusCodes.Status503ServiceUnavailable, code, message) with { RetryAfter = TimeSpan.FromSeconds(2) });

    /// <summary>Writes the error response.</summary>
    public Task WriteErrorAsync(HttpResponse response)
    {
        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        return Error!.WriteAsync(response);
    }

    private static AuthenticationResult Unauthorized(string message) =>
        new(Caller: null, ApiError.Refused(StatusCodes.Status401Unauthorized, "invalid_api_key", message), Bearer);
}
