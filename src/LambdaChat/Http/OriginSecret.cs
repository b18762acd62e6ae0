using System.Security.Cryptography;
using System.Text;
using LambdaChat.Configuration;

namespace LambdaChat.Http;

/// <summary>
/// If <c>ORIGIN_SECRET</c> is set, refuses every request whose <c>x-origin-secret</c> is not one of its values. CloudFront or another proxy
/// adds the header, so that clients cannot bypass it and call the function URL. Health checks need no secret.
/// </summary>
internal sealed class OriginSecret(IReadOnlyList<byte[]> hashes)
{
    public const string Header = "x-origin-secret";

    private const int MinimumLength = 16;

    private static ApiError WrongOrigin => ApiError.Refused(
        StatusCodes.Status403Forbidden,
        "wrong_origin",
        "Direct access is not allowed. Use the address of the site or proxy in front of this function.");

    /// <summary>Returns null if <c>ORIGIN_SECRET</c> is not set.</summary>
    /// <exception cref="ConfigurationException">The setting has no value, or one with fewer than 16 characters.</exception>
    public static OriginSecret? Read(IConfiguration configuration) =>
        SettingReader.ParseList(configuration.GetText("ORIGIN_SECRET"), "ORIGIN_SECRET", ',', '\n') is not { } values ? null
        : Array.TrueForAll(values, value => value.Length >= MinimumLength) ? new OriginSecret([.. values.Select(Hash)])
        : throw new ConfigurationException("ORIGIN_SECRET must be one or more values of at least 16 characters, separated by commas.");

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var value = context.Request.Headers[Header].ToString();
        context.Request.Headers.Remove(Header); // So that no later component forwards it.
        return Matches(value) || HealthEndpoints.IsHealth(context.Request.Path) ? next(context) : WrongOrigin.WriteAsync(context.Response);
    }

    private bool Matches(string value)
    {
        var hash = Hash(value);
        var matches = false;
        foreach (var known in hashes)
        {
            matches |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return matches;
    }

    private static byte[] Hash(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
