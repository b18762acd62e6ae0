using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local;

/// <summary>The options as they were typed, <c>--name value</c> or <c>--name=value</c>. No error repeats a value: it may be a key.</summary>
internal sealed partial class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="LocalException">An option is none of <paramref name="names"/> or has no value.</exception>
    public CommandLine(IReadOnlyList<string> args, IReadOnlyCollection<string> names)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var parts = args[i].Split('=', 2);
            var name = parts[0].StartsWith("--", StringComparison.Ordinal) ? parts[0][2..] : "";
            if (!names.Contains(name))
            {
                throw new LocalException($"{parts[0]} is no option; --help names them all.");
            }

            var hasNext = i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            var value = parts.Length == 2 ? parts[1] : hasNext ? args[++i] : "";
            _values[name] = value.Length > 0 ? value : throw new LocalException($"--{name} lacks its value.");
        }
    }

    /// <summary>True where an option is given, or given with a value, as in <c>only lambda</c>.</summary>
    public bool Has(string option) => option.Split(' ') is [var name, var value] ? Text(name) == value : Text(option) is not null;

    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A text that can stand in a header and between single quotes in a shell.</summary>
    public string? Word(string name, int maximumLength) =>
        Checked(name, text => text.Length <= maximumLength && WordPattern().IsMatch(text), $"1 to {maximumLength} visible ASCII characters without quotes and backslashes");

    /// <summary>A name that AWS gives.</summary>
    public string? ResourceName(string name) => Checked(name, ResourceNamePattern().IsMatch, "1 to 63 letters, digits and inner hyphens");

    public string? Choice(string name, params string[] choices) => Checked(name, choices.Contains, $"{string.Join(", ", choices[..^1])} or {choices[^1]}");

    public bool Flag(string name) => Choice(name, "true", "false") == "true";

    public int Number(string name, int otherwise, int minimum, int maximum) =>
        Checked(name, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum, $"a number from {minimum} to {maximum}") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    public IPAddress? Address(string name) => Checked(name, text => IPAddress.TryParse(text, out _), "an IP address") is { } text ? IPAddress.Parse(text) : null;

    public Uri? Url(string name) => Checked(name, IsUrl, "an address like http://127.0.0.1:8000/v1") is { } text ? new Uri(text) : null;

    private string? Checked(string name, Predicate<string> isGood, string expected) =>
        Text(name) is not { } text || isGood(text) ? Text(name) : throw new LocalException($"--{name} must be {expected}.");

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    [GeneratedRegex("""^[!-~-['"\\]]+\z""")]
    private static partial Regex WordPattern();

    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    [GeneratedRegex("""^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\z""")]
    private static partial Regex ResourceNamePattern();
}
