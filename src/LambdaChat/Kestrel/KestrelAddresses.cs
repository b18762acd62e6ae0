using LambdaChat.Configuration;

namespace LambdaChat.Kestrel;

/// <summary>
/// Validates <c>URLS</c>. Kestrel reads it itself, when it starts, and its exceptions do not name the setting. The server has no
/// certificate, and no path in front of its routes.
/// </summary>
internal static class KestrelAddresses
{
    /// <exception cref="ConfigurationException">A value is not an address that the server can listen on.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var address in configuration.GetList("URLS", ';') ?? [])
        {
            if (!IsAddress(address))
            {
                throw new ConfigurationException(
                    $"URLS must be addresses like http://localhost:5000, separated by semicolons. {address} is not such an address.");
            }
        }
    }

    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address is { Scheme: "http", PathBase: "" } && (address.IsUnixPipe || address.Port <= ushort.MaxValue);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
