using System.Globalization;
using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Models;

/// <summary>
/// Reads the fields of one JSON object in <c>MODELS</c>. Field names are case-insensitive. A field that is null or an empty string counts
/// as not set. Numbers and flags may also be strings, as deployment templates write them. Every error names the entry and the field.
/// </summary>
internal sealed class ModelEntryReader
{
    private readonly List<ModelField> _fields = [];
    private readonly List<string> _known = [];
    private readonly string _title;

    private ModelEntryReader(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string title)
    {
        _title = title;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            if (Find(name) is not null)
            {
                throw Invalid(name, "appears twice");
            }

            reader.Read();
            _fields.Add(ModelField.Read(ref reader, json, name));
        }

        _title = Find("name")?.Text is { Length: > 0 } value ? $"{title} ({value})" : title;
    }

    /// <summary>Reads the objects of a JSON array.</summary>
    /// <param name="title">The start of an error message; the index of the entry follows it.</param>
    /// <returns>Null if the JSON is not an array of objects.</returns>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    /// <exception cref="InvalidOperationException">A string has half of a surrogate pair.</exception>
    /// <exception cref="ConfigurationException">A field appears twice.</exception>
    public static List<ModelEntryReader>? ReadArray(ReadOnlyMemory<byte> json, string title)
    {
        var reader = new Utf8JsonReader(json.Span, ModelField.Options);
        var entries = new List<ModelEntryReader>();
        var isArray = reader.Read() && reader.TokenType == JsonTokenType.StartArray;
        while (isArray && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isArray = reader.TokenType == JsonTokenType.StartObject;
            if (isArray)
            {
                var entryTitle = string.Create(CultureInfo.InvariantCulture, $"{title} {entries.Count}");
                entries.Add(new ModelEntryReader(ref reader, json, entryTitle));
            }
        }

        return isArray && !reader.Read() ? entries : null;
    }

    /// <summary>True if the field is set.</summary>
    public bool Has(string field) => Take(field) is not null;

    /// <summary>A string without control characters; null if the field is not set.</summary>
    public string? Text(string field, int maximumLength)
    {
        var value = Scalar(field, "must be a string");
        return value is null || IsText(value, maximumLength)
            ? value
            : throw Invalid(field, $"must be a string of 1 to {maximumLength} characters without control characters");
    }

    /// <summary>The name of an AWS resource; null if the field is not set.</summary>
    public string? ResourceName(string field)
    {
        var value = Scalar(field, "must be a string");
        return value is null || AwsNames.IsResourceName(value) ? value : throw Invalid(field, AwsNames.ResourceNameExpectation);
    }

    /// <summary>The ARN of an IAM role; null if the field is not set. Errors do not repeat it, because it contains an account id.</summary>
    public string? RoleArn(string field)
    {
        const string Expectation = "must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME";
        return Scalar(field, Expectation) is not { } value ? null : AwsNames.IsRoleArn(value) ? value : throw Invalid(field, Expectation);
    }

    /// <summary>An array of strings; empty if the field is not set.</summary>
    public IReadOnlyList<string> Texts(string field, int maximumLength)
    {
        if (Take(field) is not { } list)
        {
            return [];
        }

        var texts = new List<string>();
        var reader = new Utf8JsonReader(list.Json.Span, ModelField.Options);
        if (list.Text is not null || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw Invalid(field, "must be an array of strings");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(ModelField.Read(ref reader, list.Json, field).Text is { } text && IsText(text, maximumLength)
                ? text
                : throw Invalid(field, $"must contain strings of 1 to {maximumLength} characters without control characters"));
        }

        return texts;
    }

    public bool Flag(string field, bool fallback)
    {
        const string Expectation = "must be true or false";
        return Scalar(field, Expectation) is not { } value ? fallback
            : bool.TryParse(value, out var flag) ? flag
            : throw Invalid(field, Expectation);
    }

    /// <summary>A whole number; null if the field is not set.</summary>
    public int? Number(string field, int maximum, int minimum = 1)
    {
        var expectation = $"must be a whole number from {minimum} to {maximum}";
        return Scalar(field, expectation) is not { } value ? null
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= minimum && number <= maximum ? number
            : throw Invalid(field, expectation);
    }

    /// <summary>A time of up to an hour in whole seconds; null if the field is not set.</summary>
    public TimeSpan? Seconds(string field) => Number(field, maximum: 3600) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>A required price, from zero on.</summary>
    public decimal Price(string field)
    {
        const string Expectation = "must be a number from 0 to 1000000";
        var text = Required(field, Scalar(field, Expectation));
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) && price <= 1_000_000
            ? price
            : throw Invalid(field, Expectation);
    }

    /// <summary>The index of one of several names; null if the field is not set.</summary>
    public int? Choice(string field, string[] names)
    {
        if (Text(field, maximumLength: 64) is not { } value)
        {
            return null;
        }

        var index = Array.IndexOf(names, value);
        return index >= 0 ? index : throw Invalid(field, $"must be one of {string.Join(", ", names)}");
    }

    /// <summary>The members of a JSON object, each value as compact JSON; empty if the field is not set.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Members(string field)
    {
        try
        {
            return Entry(field) is { } inner ? [.. inner._fields.Select(member => KeyValuePair.Create(member.Name, member.Compact()))] : [];
        }
        catch (JsonException)
        {
            throw Invalid(field, "has a member that appears twice");
        }
    }

    /// <summary>A JSON object; null if the field is not set.</summary>
    public ModelEntryReader? Entry(string field)
    {
        if (Take(field) is not { } inner)
        {
            return null;
        }

        var reader = new Utf8JsonReader(inner.Json.Span, ModelField.Options);
        return inner.Text is null && reader.Read() && reader.TokenType == JsonTokenType.StartObject
            ? new ModelEntryReader(ref reader, inner.Json, $"{_title}: {field}")
            : throw Invalid(field, "must be an object");
    }

    /// <summary>An array of JSON objects; empty if the field is not set.</summary>
    public IReadOnlyList<ModelEntryReader> Entries(string field) =>
        Take(field) is not { } list ? []
        : list.Text is null && ReadArray(list.Json, $"{_title}: {field}") is { } entries ? entries
        : throw Invalid(field, "must be an array of objects");

    public string Required(string field, string? value) => value ?? throw Invalid(field, "is required");

    /// <summary>Refuses fields that no method has read. Call it last.</summary>
    public void RefuseUnknown()
    {
        foreach (var field in _fields)
        {
            if (!_known.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid(field.Name, $"is unknown; the fields are {string.Join(", ", _known)}");
            }
        }
    }

    public ConfigurationException Invalid(string field, string expectation) => new($"{_title}: {field} {expectation}.");

    private static bool IsText(string value, int maximumLength) =>
        value.Length > 0 && value.Length <= maximumLength && !value.Any(char.IsControl);

    private string? Scalar(string field, string expectation) =>
        Take(field) is { } found ? found.Text ?? throw Invalid(field, expectation) : null;

    private ModelField? Take(string field)
    {
        if (!_known.Contains(field))
        {
            _known.Add(field);
        }

        return Find(field) is { IsSet: true } found ? found : null;
    }

    private ModelField? Find(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field;
            }
        }

        return null;
    }
}
