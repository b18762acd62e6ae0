using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local;

/// <summary>
/// Parses options of the form <c>--name value</c> or <c>--name=value</c>. Errors do not contain values, which can be secrets.
/// </summary>
internal sealed partial class CommandLine
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="LocalException">An option is not in <paramref name="names"/> or has no value.</exception>
    public CommandLine(IReadOnlyList<string> args, IReadOnlyCollection<string> names)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var parts = args[i].Split('=', 2);
            var name = parts[0].StartsWith("--", StringComparison.Ordinal) ? parts[0][2..] : "";
            if (!names.Contains(name))
            {
                throw new LocalException($"Unknown option {parts[0]}. Run with --help for a list.");
            }

            var hasNext = i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            var value = parts.Length == 2 ? parts[1] : hasNext ? args[++i] : "";
            _values[name] = value.Length > 0 ? value : throw new LocalException($"--{name} requires a value.");
        }
    }

    /// <summary>True if the arguments have <c>--help</c>, or <c>-h</c> in a place that is not the value of an option.</summary>
    public static bool AsksForHelp(IReadOnlyList<string> args) => args.Where((word, i) => word is "--help"
        || (word is "-h" && !(i > 0 && args[i - 1].StartsWith("--", StringComparison.Ordinal) && !args[i - 1].Contains('=')))).Any();

    public bool Has(string option) => Text(option) is not null;

    /// <summary>True if the option has this value.</summary>
    public bool Is(string option, string value) => Text(option) == value;

    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A value that is valid in a header and inside single quotes in a shell.</summary>
    public string? Word(string name, int maximumLength) =>
        Validate(
            name,
            text => text.Length <= maximumLength && WordPattern().IsMatch(text),
            $"1 to {maximumLength} visible ASCII characters without quotes and backslashes");

    /// <summary>A name of an AWS resource.</summary>
    public string? ResourceName(string name) => Validate(name, ResourceNamePattern().IsMatch, "1 to 63 letters, digits and inner hyphens");

    public string? Choice(string name, params string[] choices) =>
        Validate(name, choices.Contains, $"{string.Join(", ", choices[..^1])} or {choices[^1]}");

    public bool Flag(string name) => Choice(name, "true", "false") == "true";

    public int Number(string name, int otherwise, int minimum, int maximum) =>
        Validate(
            name,
            text => TryParse(text, out var number) && number >= minimum && number <= maximum,
            $"a number from {minimum} to {maximum}") is { } text
            && TryParse(text, out var value)
            ? value
            : otherwise;

    public IPAddress? Address(string name) =>
        Validate(name, text => IPAddress.TryParse(text, out _), "an IP address") is { } text ? IPAddress.Parse(text) : null;

    public Uri? Url(string name) => Validate(name, IsUrl, "an address like http://127.0.0.1:8000/v1") is { } text ? new Uri(text) : null;

    /// <summary>Addresses with commas between them; none if the option is not set.</summary>
    public IReadOnlyList<Uri> Urls(string name) =>
        Validate(name, text => text.Split(',').All(IsUrl), "an address like http://127.0.0.1:8000/v1") is { } text
            ? [.. text.Split(',').Select(url => new Uri(url))]
            : [];

    private string? Validate(string name, Predicate<string> isGood, string expected) =>
        Text(name) is not { } text || isGood(text) ? Text(name) : throw new LocalException($"--{name} must be {expected}.");

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };

    [GeneratedRegex("""^[!-~-['"\\]]+\z""")]
    private static partial Regex WordPattern();

    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    [GeneratedRegex("""^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}\z""")]
    private static partial Regex ResourceNamePattern();
}
