using System.Buffers;
using System.Globalization;

namespace LambdaChat.Models;

/// <summary>
/// One entry of the configured catalogue while it is read. Read by hand and not bound: a mistake is named with its entry and field, a
/// field that does not exist is a mistake too, and no regular expression is loaded at start.
/// </summary>
internal sealed class ModelEntry(IConfigurationSection section)
{
    private const int MaximumNameLength = 63;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A text without control characters, null where it is left out.</summary>
    public string? Text(string field, int maximumLength)
    {
        _known.Add(field);
        var value = section[field];
        if (string.IsNullOrEmpty(value))
        {
            return section.GetSection(field).GetChildren().Any() ? throw Wrong(field, "must be a text") : null;
        }

        return value.Length <= maximumLength && !value.Any(char.IsControl)
            ? value
            : throw Wrong(field, $"must be a text of 1 to {maximumLength} characters without control characters");
    }

    /// <summary>
    /// A name of an AWS resource, null where it is left out.
    /// Pattern: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    /// </summary>
    public string? ResourceName(string field)
    {
        _known.Add(field);
        var value = section[field];
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        return value.Length <= MaximumNameLength && !value.StartsWith('-') && !value.EndsWith('-') && !value.AsSpan().ContainsAnyExcept(NameCharacters)
            ? value
            : throw Wrong(field, $"must be 1 to {MaximumNameLength} letters, digits and inner hyphens");
    }

    /// <summary>Several texts; none where it is left out.</summary>
    public IReadOnlyList<string> Texts(string field, int maximumLength)
    {
        _known.Add(field);
        var list = section.GetSection(field);
        if (!string.IsNullOrEmpty(list.Value))
        {
            throw Wrong(field, "must be an array of texts");
        }

        var texts = new List<string>();
        foreach (var child in list.GetChildren())
        {
            texts.Add(child.Value is { Length: > 0 } text && text.Length <= maximumLength && !text.Any(char.IsControl)
                ? text
                : throw Wrong(field, $"must hold texts of 1 to {maximumLength} characters without control characters"));
        }

        return texts;
    }

    public bool Flag(string field, bool otherwise)
    {
        _known.Add(field);
        var value = section[field];
        return string.IsNullOrEmpty(value) ? otherwise : bool.TryParse(value, out var flag) ? flag : throw Wrong(field, "must be true or false");
    }

    /// <summary>A whole number from 1 on, null where it is left out.</summary>
    public int? Number(string field, int maximum)
    {
        _known.Add(field);
        var value = section[field];
        return string.IsNullOrEmpty(value) ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= maximum ? number
            : throw Wrong(field, $"must be a whole number from 1 to {maximum}");
    }

    /// <summary>One of several names, as the value of an enumeration that lists them in the same order; the first where it is left out.</summary>
    public TEnum Choice<TEnum>(string field, string[] names)
        where TEnum : struct, Enum => OptionalChoice<TEnum>(field, names) ?? default;

    /// <summary>The same, null where it is left out.</summary>
    public TEnum? OptionalChoice<TEnum>(string field, string[] names)
        where TEnum : struct, Enum
    {
        if (Text(field, maximumLength: 64) is not { } value)
        {
            return null;
        }

        var index = Array.IndexOf(names, value);
        return index >= 0 ? Enum.GetValues<TEnum>()[index] : throw Wrong(field, $"must be one of {string.Join(", ", names)}");
    }

    /// <summary>A JSON object's members, each value as JSON. A scalar that reads as a number or as true or false is one.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Members(string field)
    {
        _known.Add(field);
        var members = section.GetSection(field);
        return string.IsNullOrEmpty(members.Value)
            ? [.. members.GetChildren().Select(child => KeyValuePair.Create(child.Key, ConfigurationJson.Write(child)))]
            : throw Wrong(field, "must be an object");
    }

    public string Required(string field, string? value) => value ?? throw Wrong(field, "is required");

    /// <summary>Call it last: every field that was not asked for does not exist.</summary>
    public void RefuseUnknown()
    {
        if (section.GetChildren().FirstOrDefault(child => !_known.Contains(child.Key)) is { } unknown)
        {
            throw Wrong(unknown.Key, $"is unknown; the fields are {string.Join(", ", _known)}");
        }
    }

    public ConfigurationException Wrong(string field, string expectation)
    {
        var name = section["name"];
        var entry = string.IsNullOrEmpty(name) ? $"MODELS entry {section.Key}" : $"MODELS entry {section.Key} ({name})";
        return new ConfigurationException($"{entry}: {field} {expectation}.");
    }
}
