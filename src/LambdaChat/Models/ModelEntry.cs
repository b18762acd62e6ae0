using System.Buffers;

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
