using System.Globalization;

namespace LambdaChat.Authentication.Stored;

/// <param name="Age">How long what the table says of a key is believed.</param>
internal sealed record StoredKeySettings(TimeSpan Age)
{
    private const int DefaultSeconds = 60;

    /// <summary>Reads <c>KEY_CACHE_SECONDS</c>; zero asks for every request.</summary>
    /// <exception cref="ConfigurationException">It is no number of seconds.</exception>
    public static StoredKeySettings Read(IConfiguration configuration)
    {
        var value = configuration["KEY_CACHE_SECONDS"];
        return string.IsNullOrEmpty(value) ? new StoredKeySettings(TimeSpan.FromSeconds(DefaultSeconds))
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 3600 ? new StoredKeySettings(TimeSpan.FromSeconds(seconds))
            : throw new ConfigurationException("KEY_CACHE_SECONDS must be a whole number of seconds from 0 to 3600.");
    }
}
