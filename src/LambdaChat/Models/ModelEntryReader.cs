using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LambdaChat.Configuration;
using LambdaChat.Json;

namespace LambdaChat.Models;

/// <summary>
/// Reads the fields of one JSON object in <c>MODELS</c>. Field names are case-insensitive. A field that is null or an empty string counts
/// as not set, and reads as null or as an empty list. Numbers and flags may also be strings, as deployment templates write them. Every
/// error names the entry and the field.
/// </summary>
internal sealed class ModelEntryReader
{
    public static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _known = []; // The fields that the caller has asked for.
    private readonly List<string> _unread = [];
    private readonly string _title;
    private ConfigurationException? _missing; // Reported after unknown fields: a misspelt name is both.

    private ModelEntryReader(JsonElement json, string title)
    {
        _title = title;
        foreach (var field in json.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
            {
                throw Invalid(field.Name, "appears twice");
            }

            _unread.Add(field.Name);
        }

        _title = _fields.TryGetValue("name", out var name) && ToText(name) is { Length: > 0 } text ? $"{title} ({text})" : title;
    }

    /// <summary>Reads the objects of a JSON array. Null if an element is not an object.</summary>
    /// <param name="title">The start of an error message; the index of the entry follows it.</param>
    /// <param name="read">Reads all fields of one object. Other fields are refused.</param>
    /// <exception cref="ConfigurationException">A field is invalid, unknown, or appears twice.</exception>
    public static List<T>? ReadArray<T>(JsonElement array, string title, Func<ModelEntryReader, T> read)
    {
        var (elements, index) = (Elements(array), 0);
        return elements.TrueForAll(element => element.ValueKind == JsonValueKind.Object)
            ? elements.ConvertAll(element => ReadObject(element, $"{title} {index++}", read))
            : null;
    }

    public bool Has(string field) => Find(field) is not null;

    /// <summary>A string without control characters.</summary>
    public string? Text(string field, int maximumLength) => Scalar(field, value => IsText(value, maximumLength),
        $"must be a string of 1 to {maximumLength} characters without control characters", "must be a string");

    public string? ResourceName(string field) =>
        Scalar(field, AwsNames.IsResourceName, AwsNames.ResourceNameExpectation, "must be a string");

    /// <summary>The ARN of an IAM role. Errors do not repeat it, because it contains an account id.</summary>
    public string? RoleArn(string field) => Scalar(field, AwsNames.IsRoleArn, AwsNames.RoleArnExpectation);

    public bool Flag(string field, bool fallback) =>
        Scalar(field, value => bool.TryParse(value, out _), "must be true or false") is { } flag ? bool.Parse(flag) : fallback;

    public int? Number(string field, int maximum, int minimum = 1) =>
        (int?)Number(field, NumberStyles.None, minimum, maximum, "must be a whole number");

    public TimeSpan? Seconds(string field, int maximum = 3600, int minimum = 1) =>
        Number(field, maximum, minimum) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public decimal RequiredPrice(string field) =>
        Number(field, NumberStyles.AllowDecimalPoint, 0, 1_000_000, "must be a number") ?? Missing(field, 0m);

    /// <summary>The index of one of several names.</summary>
    public int? Choice(string field, string[] names) =>
        Scalar(field, names.Contains, $"must be one of {string.Join(", ", names)}", "must be a string") is { } name
            ? Array.IndexOf(names, name) : null;

    /// <summary>The indexes of some of several names in any case.</summary>
    public List<int> Choices(string field, string[] names) => Texts(field, maximumLength: 64).ConvertAll(text =>
        Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index
            ? index
            : throw Invalid(field, $"must contain only {string.Join(", ", names)}"));

    /// <summary>An array of strings without control characters.</summary>
    public List<string> Texts(string field, int maximumLength) =>
        Find(field, JsonValueKind.Array, "must be an array of strings") is not { } json ? []
        : Elements(json).ConvertAll(element => ToText(element) is { } text && IsText(text, maximumLength)
            ? text
            : throw Invalid(field, $"must contain strings of 1 to {maximumLength} characters without control characters"));

    /// <summary>A JSON object; the default of the type if the field is not set.</summary>
    public T? Object<T>(string field, Func<ModelEntryReader, T> read) =>
        Find(field, JsonValueKind.Object, "must be an object") is { } json ? ReadObject(json, $"{_title}: {field}", read) : default;

    public List<T> Objects<T>(string field, Func<ModelEntryReader, T> read) =>
        Find(field, JsonValueKind.Array, "must be an array of objects") is not { } json ? []
        : ReadArray(json, $"{_title}: {field}", read) ?? throw Invalid(field, "must be an array of objects");

    /// <summary>The members of a JSON object, each value without comments and white space.</summary>
    public List<KeyValuePair<string, byte[]>> Members(string field, string[] reserved)
    {
        try
        {
            return Find(field, JsonValueKind.Object, "must be an object") is not { } json ? []
                : [.. new ModelEntryReader(json, $"{_title}: {field}")._fields.Select(member => reserved.Contains(member.Key)
                    ? throw Invalid(field, $"must not contain {string.Join(", ", reserved)}")
                    : KeyValuePair.Create(member.Key, Compact(member.Value)))];
        }
        catch (JsonException)
        {
            throw Invalid(field, "has a member that appears twice");
        }
    }

    /// <summary>
    /// Notes that a field is missing, and returns a value to read on with. The entry is refused at its end. The error names an unknown
    /// field first, because it may be the missing one misspelt.
    /// </summary>
    public T Missing<T>(string field, T placeholder, string expectation = "is required")
    {
        _missing ??= Invalid(field, expectation);
        return placeholder;
    }

    public ConfigurationException Invalid(string field, string expectation) => new($"{_title}: {field} {expectation}.");

    private static T ReadObject<T>(JsonElement json, string title, Func<ModelEntryReader, T> read)
    {
        var entry = new ModelEntryReader(json, title);
        var value = read(entry);
        return entry._unread is [var unknown, ..]
            ? throw entry.Invalid(unknown, $"is unknown; the fields are {string.Join(", ", entry._known)}")
            : entry._missing is { } missing ? throw missing
            : value;
    }

    private static byte[] Compact(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            JsonElement.Parse(value.GetRawText(), Options with { AllowDuplicateProperties = false }).WriteTo(writer);
        }

        return output.WrittenSpan.ToArray();
    }

    private static List<JsonElement> Elements(JsonElement array) => [.. array.EnumerateArray()];

    private static bool IsText(string value, int maximumLength) =>
        value.Length > 0 && value.Length <= maximumLength && !value.Any(char.IsControl);

    // Null for arrays, objects and null.
    private static string? ToText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind is JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.Null ? null
        : value.GetRawText();

    private decimal? Number(string field, NumberStyles styles, decimal minimum, decimal maximum, string expectation)
    {
        var number = 0m;
        return Scalar(field, value => decimal.TryParse(value, styles, CultureInfo.InvariantCulture, out number)
            && number >= minimum && number <= maximum, $"{expectation} from {minimum} to {maximum}") is null ? null : number;
    }

    // Arrays and objects are refused with the type that was expected.
    private string? Scalar(string field, Func<string, bool> isValid, string expectation, string? type = null) =>
        Find(field) is not { } json ? null
        : ToText(json) is not { } text ? throw Invalid(field, type ?? expectation)
        : isValid(text) ? text
        : throw Invalid(field, expectation);

    // A field of another kind than the expected one is refused.
    private JsonElement? Find(string field, JsonValueKind? kind = null, string expectation = "")
    {
        if (!_known.Contains(field))
        {
            _known.Add(field);
            _unread.RemoveAll(name => name.Equals(field, StringComparison.OrdinalIgnoreCase));
        }

        return !_fields.TryGetValue(field, out var json) || json.ValueKind == JsonValueKind.Null || ToText(json) is "" ? null
            : kind is null || json.ValueKind == kind ? json
            : throw Invalid(field, expectation);
    }
}
