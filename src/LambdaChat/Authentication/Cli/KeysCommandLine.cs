using System.Globalization;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Configuration;
using LambdaChat.Http;

namespace LambdaChat.Authentication.Cli;

/// <summary>The validated arguments of <c>keys</c>.</summary>
internal sealed record KeysCommandLine(string Verb, string Name, string? Table)
{
    private const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    // Each verb, its options, and the number of its other arguments.
    private static readonly (string Verb, string[] Options, int Words)[] Verbs =
    [
        ("create", ["--expires", "--models", "--origins", "--limits"], 1),
        ("list", [], 0),
        ("disable", [], 1),
        ("enable", [], 1),
        ("rotate", ["--grace"], 1),
        ("limit", [], 2),
        ("remove", [], 1),
    ];

    public DateTimeOffset? Expires { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>Valid limits as JSON; null for none.</summary>
    public string? Limits { get; init; }

    public TimeSpan Grace { get; init; }

    /// <exception cref="UsageException">The command line is invalid.</exception>
    public static KeysCommandLine Parse(IReadOnlyList<string> args, Action<string> checkLimits)
    {
        var verb = Array.Find(Verbs, known => known.Verb == args[0]);
        if (verb.Verb is null)
        {
            throw new UsageException(
                $"{args[0]} is not a command of keys. The commands are {string.Join(", ", Verbs.Select(known => known.Verb))}.");
        }

        var (words, options) = Sort(args, verb.Options);
        if (words.Count != verb.Words)
        {
            throw new UsageException($"keys {verb.Verb} takes {WordsOf(verb.Words)}.");
        }

        var table = options.GetValueOrDefault("--table") ?? Environment.GetEnvironmentVariable("TABLE");
        var name = words.Count > 0 ? CheckName(words[0]) : "";
        return new KeysCommandLine(verb.Verb, name, CheckTable(verb.Verb, string.IsNullOrEmpty(table) ? null : table))
        {
            Expires = options.GetValueOrDefault("--expires") is { } end ? ReadEnd(end) : null,
            Models = options.GetValueOrDefault("--models") is { } models ? Texts(models, "--models") : null,
            Origins = options.GetValueOrDefault("--origins") is { } origins ? [.. Texts(origins, "--origins").Select(CheckOrigin)] : null,
            Limits = CheckLimits(options.GetValueOrDefault("--limits") ?? (words.Count > 1 ? words[1] : null), checkLimits),
            Grace = options.GetValueOrDefault("--grace") is { } grace ? ReadGrace(grace) : TimeSpan.FromDays(1),
        };
    }

    private static (List<string> Words, Dictionary<string, string> Options) Sort(IReadOnlyList<string> args, string[] known)
    {
        var (words, options) = (new List<string>(), new Dictionary<string, string>());
        for (var i = 1; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
                continue;
            }

            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (name != "--table" && !known.Contains(name))
            {
                throw new UsageException($"keys {args[0]} has no option {name}.");
            }

            options[name] = equals >= 0 ? args[i][(equals + 1)..]
                : ++i < args.Count ? args[i]
                : throw new UsageException($"{name} requires a value.");
        }

        return (words, options);
    }

    private static string CheckName(string name) =>
        ApiKeyListReader.IsName(name)
            ? name
            : throw new UsageException("A name has 1 to 64 characters, without colons, semicolons, commas and equals signs.");

    private static string? CheckTable(string verb, string? table) =>
        table is not null || verb == "create" ? table : throw new UsageException($"keys {verb} requires a table. Set TABLE or --table.");

    private static DateTimeOffset ReadEnd(string text) =>
        ApiKeyListReader.ReadTime(text) ?? TimeProvider.System.GetUtcNow() + ReadDuration(text)
        ?? throw new UsageException("--expires must be a date like 2027-01-01, or a duration like 90d.");

    private static TimeSpan ReadGrace(string text) =>
        ReadDuration(text) ?? throw new UsageException("--grace must be a duration like 1d, 12h or 30m.");

    private static string WordsOf(int count) => count switch
    {
        0 => "no arguments",
        1 => "a name",
        _ => "a name and limits",
    };

    private static TimeSpan? ReadDuration(string text)
    {
        var unit = text.Length > 1 ? text[^1] : ' ';
        var digits = text.AsSpan(0, Math.Max(0, text.Length - 1));
        return !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 100_000 ? null : unit switch
        {
            'd' => TimeSpan.FromDays(count),
            'h' => TimeSpan.FromHours(count),
            'm' => TimeSpan.FromMinutes(count),
            _ => null,
        };
    }

    private static string[] Texts(string text, string option) =>
        text.Split(',', Clean) is { Length: > 0 } texts ? texts : throw new UsageException($"{option} must not be empty.");

    private static string CheckOrigin(string origin) =>
        CorsExtensions.IsOrigin(origin)
            ? origin
            : throw new UsageException("--origins must be a list of origins such as https://chat.example.com, separated by commas.");

    private static string? CheckLimits(string? json, Action<string> check)
    {
        if (json is null or "none")
        {
            return null;
        }

        try
        {
            check(json);
            return json;
        }
        catch (ConfigurationException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
