using System.Security.Cryptography;
using System.Text;
using LambdaChat.Configuration;

namespace LambdaChat.Http;

/// <summary>
/// Where <c>ORIGIN_SECRET</c> is set, only what comes with one of its values in <c>x-origin-secret</c> is answered, as CloudFront sends it: nobody goes
/// around it to the function URL. <c>/healthz</c> alone is answered to all, so that a probe needs no secret.
/// </summary>
internal sealed class OriginSecret(IReadOnlyList<byte[]> hashes)
{
    public const string Header = "x-origin-secret";

    private const int MinimumLength = 16;

    private static OpenAIError Refusal =>
        OpenAIError.Refused(StatusCodes.Status403Forbidden, "wrong_origin", "This address answers only through its front. Use the address that you were given.");

    /// <summary>Null where nothing is asked for.</summary>
    /// <exception cref="ConfigurationException">A value is too short to be a secret.</exception>
    public static OriginSecret? Read(IConfiguration configuration)
    {
        var values = (configuration.GetText("ORIGIN_SECRET") ?? "").Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return values.Length == 0 ? null
            : Array.TrueForAll(values, value => value.Length >= MinimumLength) ? new OriginSecret([.. values.Select(Hash)])
            : throw new ConfigurationException("ORIGIN_SECRET must be values of at least 16 characters, separated by commas.");
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var shown = context.Request.Headers[Header].ToString();
        context.Request.Headers.Remove(Header); // So that nothing behind this can pass it on.
        return Matches(shown) || context.Request.Path == "/healthz" ? next(context) : Refusal.WriteAsync(context.Response);
    }

    private bool Matches(string shown)
    {
        var hash = Hash(shown);
        var matches = false;
        foreach (var known in hashes)
        {
            matches |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return matches;
    }

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
