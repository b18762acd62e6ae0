using LambdaChat.Http;

namespace LambdaChat.Authentication.Callers;

/// <summary>What became of what a request showed at the door: a caller, or an error.</summary>
/// <param name="Challenge">The value of <c>WWW-Authenticate</c> beside a refusal; null where no other credential would help. Source: https://www.rfc-editor.org/rfc/rfc6750#section-3</param>
internal sealed record AuthenticationResult(Caller? Caller, OpenAIError? Refusal, string? Challenge = null)
{
    private const string Bearer = "Bearer";

    /// <summary>The request shows nothing.</summary>
    public static AuthenticationResult NoKey { get; } = UnknownKey("An API key is required: send it as `Authorization: Bearer KEY`.");

    /// <summary>Nobody knows what it shows.</summary>
    public static AuthenticationResult Unknown { get; } = UnknownKey("The API key is not known.");

    public static AuthenticationResult TwoKeys { get; } =
        new(Caller: null, OpenAIError.BadRequest("The request carries two different API keys; send one.", code: "ambiguous_api_key"));

    public static AuthenticationResult ForeignOrigin { get; } =
        new(Caller: null, OpenAIError.Refused(StatusCodes.Status403Forbidden, "origin_not_allowed", "The API key may not be used by pages of this origin."));

    /// <summary>One sentence for all that can be wrong with a token, so that it tells a forger nothing.</summary>
    public static AuthenticationResult InvalidToken { get; } = new(
        Caller: null, OpenAIError.Refused(StatusCodes.Status401Unauthorized, "invalid_token", "The token is not valid."), "Bearer error=\"invalid_token\"");

    public static AuthenticationResult InsufficientScope { get; } = new(
        Caller: null,
        OpenAIError.Refused(StatusCodes.Status403Forbidden, "insufficient_scope", "The token is valid, but not for this API."),
        "Bearer error=\"insufficient_scope\"");

    public static AuthenticationResult Enter(Caller caller) => new(caller, Refusal: null);

    public static AuthenticationResult UnknownKey(string message) =>
        new(Caller: null, OpenAIError.Refused(StatusCodes.Status401Unauthorized, "invalid_api_key", message), Bearer);

    /// <summary>What would decide cannot be asked just now; nobody enters until it can.</summary>
    public static AuthenticationResult Undecided(string code, string message) =>
        new(Caller: null, OpenAIError.Server(StatusCodes.Status503ServiceUnavailable, code, message) with { RetryAfter = TimeSpan.FromSeconds(2) });

    /// <summary>True where another way in may still know the caller.</summary>
    public bool IsUndecided => Refusal?.Status == StatusCodes.Status503ServiceUnavailable;

    public Task RefuseAsync(HttpResponse response)
    {
        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        return Refusal!.WriteAsync(response);
    }
}
