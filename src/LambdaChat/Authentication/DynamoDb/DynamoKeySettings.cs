using System.Globalization;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.DynamoDb;

/// <param name="Age">How long what the table says of a key is believed.</param>
internal sealed record DynamoKeySettings(TimeSpan Age)
{
    private const int DefaultSeconds = 60;

    /// <summary>Reads <c>KEY_CACHE_SECONDS</c>; zero asks for every request.</summary>
    /// <exception cref="ConfigurationException">It is no number of seconds.</exception>
    public static DynamoKeySettings Read(IConfiguration configuration)
    {
        var value = configuration["KEY_CACHE_SECONDS"];
        return string.IsNullOrEmpty(value) ? new DynamoKeySettings(TimeSpan.FromSeconds(DefaultSeconds))
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 3600 ? new DynamoKeySettings(TimeSpan.FromSeconds(seconds))
            : throw new ConfigurationException("KEY_CACHE_SECONDS must be a whole number of seconds from 0 to 3600.");
    }
}
