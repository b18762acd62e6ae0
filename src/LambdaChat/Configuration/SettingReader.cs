using System.Globalization;

namespace LambdaChat.Configuration;

/// <summary>
/// Reads validated settings. An empty setting counts as not set. The framework's binder and options validators are not used because they
/// lengthen every cold start.
/// </summary>
internal static class SettingReader
{
    /// <summary>A whole number of seconds.</summary>
    /// <exception cref="ConfigurationException">The value is not a whole number in the range.</exception>
    public static TimeSpan GetSeconds(this IConfiguration configuration, string name, int fallback, int minimum, int maximum) =>
        TimeSpan.FromSeconds(GetWhole(configuration, name, fallback, minimum, maximum, " of seconds"));

    /// <summary>A whole number.</summary>
    /// <exception cref="ConfigurationException">The value is not a whole number in the range.</exception>
    public static int GetCount(this IConfiguration configuration, string name, int fallback, int minimum, int maximum) =>
        GetWhole(configuration, name, fallback, minimum, maximum, unit: "");

    /// <summary><c>true</c> or <c>false</c> in any case; <paramref name="fallback"/> if the setting is not set.</summary>
    /// <exception cref="ConfigurationException">The value is neither.</exception>
    public static bool GetFlag(this IConfiguration configuration, string name, bool fallback = false) =>
        ParseFlag(configuration[name], name, fallback);

    /// <inheritdoc cref="GetFlag"/>
    public static bool ParseFlag(string? value, string name, bool fallback = false) => value switch
    {
        null or "" => fallback,
        _ => bool.TryParse(value, out var flag) ? flag : throw new ConfigurationException($"{name} must be true or false."),
    };

    /// <summary>One of several words; <paramref name="fallback"/> if the setting is not set.</summary>
    /// <exception cref="ConfigurationException">The value is not one of the words.</exception>
    public static string GetChoice(this IConfiguration configuration, string name, string fallback, string[] choices)
    {
        var value = configuration[name];
        return string.IsNullOrEmpty(value) ? fallback
            : Array.IndexOf(choices, value) >= 0 ? value
            : throw new ConfigurationException($"{name} must be {string.Join(" or ", choices)}.");
    }

    /// <summary>One or more values; null if the setting is not set. An empty list never means "no restriction".</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="name">The name of the setting.</param>
    /// <param name="separators">The characters between two values.</param>
    /// <exception cref="ConfigurationException">The setting is set, and has no value.</exception>
    public static string[]? GetList(this IConfiguration configuration, string name, params char[] separators) =>
        ParseList(configuration[name], name, separators);

    /// <inheritdoc cref="GetList"/>
    public static string[]? ParseList(string? value, string name, params char[] separators) =>
        string.IsNullOrEmpty(value) ? null
        : value.Split(separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } values ? values
        : throw new ConfigurationException($"{name} has no value. Set at least one, or remove the setting.");

    /// <summary>The name or the ARN of a resource of AWS; null if the setting is not set.</summary>
    /// <exception cref="ConfigurationException">The value has a character that no such name has, such as a blank.</exception>
    public static string? GetResource(this IConfiguration configuration, string name)
    {
        var value = configuration[name];
        foreach (var character in value ?? "")
        {
            if (!char.IsAsciiLetterOrDigit(character) && !"_-./:+=@".Contains(character))
            {
                throw new ConfigurationException($"{name} must be the name or the ARN of a resource of AWS, without blanks.");
            }
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>The address of an HTTP server; null if the setting is not set.</summary>
    /// <exception cref="ConfigurationException">
    /// The value is not an absolute <c>http</c> or <c>https</c> address, or has blanks around it.
    /// </exception>
    public static Uri? GetAddress(this IConfiguration configuration, string name, string example) =>
        ParseAddress(configuration[name], name, example);

    /// <inheritdoc cref="GetAddress"/>
    public static Uri? ParseAddress(string? value, string name, string example) =>
        string.IsNullOrEmpty(value) ? null
        : value.AsSpan().Trim().Length == value.Length
            && Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new ConfigurationException($"{name} must be an address like {example}.");

    /// <summary>
    /// A text that may be long; null if the setting is not set. The value <c>@file</c> stands for the text of a file in the program's
    /// folder.
    /// </summary>
    /// <exception cref="ConfigurationException">The file cannot be read, or the text is blank.</exception>
    public static string? GetText(this IConfiguration configuration, string name)
    {
        var value = configuration[name];
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var text = value is ['@', .. var file] ? ReadFile(name, file) : value;
        return string.IsNullOrWhiteSpace(text)
            ? throw new ConfigurationException($"{name} has no value. Set one, or remove the setting.")
            : text;
    }

    private static string ReadFile(string name, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{name} refers to the file {file}, which cannot be read. Place it in the program's folder.");
        }
    }

    private static int GetWhole(IConfiguration configuration, string name, int fallback, int minimum, int maximum, string unit)
    {
        var value = configuration[name];
        return string.IsNullOrEmpty(value) ? fallback
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= minimum && number <= maximum ? number
            : throw new ConfigurationException($"{name} must be a whole number{unit} from {minimum} to {maximum}.");
    }
}
