using System.Globalization;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>
/// One entry of the configured catalogue while it is read. Read by hand and not bound: a mistake is named with its entry and field, a
/// field that does not exist is a mistake too, and no regular expression is loaded at start.
/// </summary>
internal sealed class ModelEntryReader(ConfigurationNode entry, string? title = null)
{
    public const string ResourceNameExpectation = "must be 1 to 63 letters, digits and inner hyphens";

    private const int MaximumNameLength = 63;

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A text without control characters, null where it is left out.</summary>
    public string? Text(string field, int maximumLength)
    {
        var value = Scalar(field, "must be a text");
        return value is null || (value.Length <= maximumLength && !value.Any(char.IsControl))
            ? value
            : throw Wrong(field, $"must be a text of 1 to {maximumLength} characters without control characters");
    }

    /// <summary>
    /// A name of an AWS resource, null where it is left out.
    /// Pattern: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    /// </summary>
    public string? ResourceName(string field)
    {
        var value = Scalar(field, "must be a text");
        return value is null || IsResourceName(value) ? value : throw Wrong(field, ResourceNameExpectation);
    }

    /// <summary>The ARN of an IAM role, null where it is left out. No error repeats it: it names an account.</summary>
    public string? RoleArn(string field)
    {
        const string Expectation = "must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME";
        return Scalar(field, Expectation) is not { } value ? null : AwsRole.IsArn(value) ? value : throw Wrong(field, Expectation);
    }

    public static bool IsResourceName(string value) =>
        value.Length is > 0 and <= MaximumNameLength && value[0] != '-' && value[^1] != '-' && IsOfNameCharacters(value);

    // A loop: what searches for sets of characters is code that every start would have to compile.
    private static bool IsOfNameCharacters(string value)
    {
        foreach (var character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Several texts; none where it is left out.</summary>
    public IReadOnlyList<string> Texts(string field, int maximumLength)
    {
        _known.Add(field);
        if (entry.Find(field) is not { } list || IsLeftOut(list))
        {
            return [];
        }

        if (!list.IsList)
        {
            throw Wrong(field, "must be an array of texts");
        }

        return [.. list.Children.Select(child => child.Value is { Length: > 0 } text && text.Length <= maximumLength && !text.Any(char.IsControl)
            ? text
            : throw Wrong(field, $"must hold texts of 1 to {maximumLength} characters without control characters"))];
    }

    public bool Flag(string field, bool otherwise)
    {
        const string Expectation = "must be true or false";
        return Scalar(field, Expectation) is not { } value ? otherwise : bool.TryParse(value, out var flag) ? flag : throw Wrong(field, Expectation);
    }

    /// <summary>A whole number from 1 on, null where it is left out.</summary>
    public int? Number(string field, int maximum, int minimum = 1)
    {
        var expectation = $"must be a whole number from {minimum} to {maximum}";
        return Scalar(field, expectation) is not { } value ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum ? number
            : throw Wrong(field, expectation);
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
        return entry.Find(field) is not { } members || IsLeftOut(members) ? []
            : members.Value is null && members.Children[0].Key != "0"
            ? [.. members.Children.Select(child => KeyValuePair.Create(child.Key, ConfigurationJson.Write(child)))]
            : throw Wrong(field, "must be an object");
    }

    public string Required(string field, string? value) => value ?? throw Wrong(field, "is required");

    /// <summary>Call it last: every field that was not asked for does not exist.</summary>
    public void RefuseUnknown()
    {
        if (entry.Children.FirstOrDefault(child => !_known.Contains(child.Key)) is { } unknown)
        {
            throw Wrong(unknown.Key, $"is unknown; the fields are {string.Join(", ", _known)}");
        }
    }

    /// <summary>A span of time in whole seconds, null where it is left out.</summary>
    public TimeSpan? Seconds(string field) => Number(field, maximum: 3600) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The entries of a list inside this one; none where it is left out.</summary>
    public IReadOnlyList<ModelEntryReader> Entries(string field)
    {
        _known.Add(field);
        return entry.Find(field) is not { } list || IsLeftOut(list) ? []
            : list.IsList ? [.. list.Children.Select(child => new ModelEntryReader(child, $"{Title}: {field} {child.Key}"))]
            : throw Wrong(field, "must be an array of objects");
    }

    /// <summary>The entry inside this one; null where it is left out.</summary>
    public ModelEntryReader? Entry(string field)
    {
        _known.Add(field);
        return entry.Find(field) is not { } inner || IsLeftOut(inner) ? null
            : inner.Value is null ? new ModelEntryReader(inner, $"{Title}: {field}")
            : throw Wrong(field, "must be an object");
    }

    /// <summary>A price that has to be there, from zero on.</summary>
    public decimal Price(string field)
    {
        const string Expectation = "must be a number from 0 to 1000000";
        return decimal.TryParse(Required(field, Scalar(field, Expectation)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) && price <= 1_000_000
            ? price
            : throw Wrong(field, Expectation);
    }

    public ConfigurationException Wrong(string field, string expectation) => new($"{Title}: {field} {expectation}.");

    // The entry as an error names it.
    private string Title
    {
        get
        {
            var name = entry.Find("name")?.Value;
            return title ?? (string.IsNullOrEmpty(name) ? $"MODELS entry {entry.Key}" : $"MODELS entry {entry.Key} ({name})");
        }
    }

    // One value, null where it is left out.
    private string? Scalar(string field, string expectation)
    {
        _known.Add(field);
        return entry.Find(field) is not { } value || IsLeftOut(value) ? null : value.Value ?? throw Wrong(field, expectation);
    }

    private static bool IsLeftOut(ConfigurationNode setting) => string.IsNullOrEmpty(setting.Value) && setting.Children.Count == 0;
}
