using System.Globalization;
using System.Text;

namespace LambdaChat.Http;

/// <summary>
/// The errors of the fields of a request, in the words of OpenAI's API and of Anthropic's. A path is like <c>messages[0].content</c>. An
/// error repeats a value only if it is a number, or short and in a field with an enumeration. Source:
/// https://platform.openai.com/docs/guides/error-codes
/// </summary>
internal static class FieldErrors
{
    /// <summary>The code of a value that the field does not accept.</summary>
    public const string InvalidValue = "invalid_value";

    private const string TypeSuffix = ".type";
    private const int MaximumName = 64; // Characters of a value that is repeated.

    /// <summary>The field is missing.</summary>
    /// <param name="expected">A noun with its article.</param>
    public static ApiError Missing(string path, string expected) => Create(
        path, "missing_required_parameter", $"Missing required parameter: '{path}'. Expected {expected}.", "Field required");

    public static ApiError Missing(string path, FieldType type) => Missing(path, FieldTypes.Describe(type));

    /// <summary>The field has another type.</summary>
    /// <param name="json">The value.</param>
    public static ApiError WrongType(string path, FieldType type, ReadOnlySpan<byte> json) =>
        WrongType(path, FieldTypes.NameOf(type), json, FieldTypes.AnthropicNameOf(type));

    /// <summary>The value of an enumeration is not a string.</summary>
    /// <param name="json">The value.</param>
    public static ApiError WrongType(string path, ReadOnlySpan<string> supported, ReadOnlySpan<byte> json) =>
        WrongType(path, OneOf(supported), json, Join(supported, " or "));

    /// <summary>The field does not accept the value. In Anthropic's errors, a field <c>type</c> is the tag of its object.</summary>
    /// <param name="hint">A further sentence; null for none.</param>
    public static ApiError Unsupported(string path, string value, ReadOnlySpan<string> supported, string? hint = null)
    {
        var isShown = value.Length <= MaximumName;
        var shown = isShown ? $"'{Excerpt.Of(value)}'" : $"a string with length {value.Length}";
        var tag = isShown ? shown : $"with length {value.Length}";
        var names = Join(supported, supported.Length > 2 ? ", and " : " and ");
        var message = $"Invalid value: {shown}. Supported values are: {names}.{(hint is null ? "" : " " + hint)}";
        var end = hint is null ? "" : ". " + hint;
        return path.EndsWith(TypeSuffix, StringComparison.Ordinal)
            ? Create(path, InvalidValue, message,
                $"Input tag {tag} found using 'type' does not match any of the expected tags: {Join(supported, ", ")}{end}",
                path[..^TypeSuffix.Length])
            : Create(path, InvalidValue, message, $"Input should be {Join(supported, " or ")}{end}");
    }

    /// <summary>The integer is less than the minimum.</summary>
    /// <param name="value">The value as the client sent it.</param>
    public static ApiError BelowMinimum(string path, long minimum, string value) => Create(
        path, "integer_below_min_value",
        $"Invalid '{path}': integer below minimum value. Expected a value >= {Text(minimum)}, but got {Excerpt.Of(value)} instead.",
        $"Input should be greater than or equal to {Text(minimum)}");

    /// <summary>The integer is greater than the maximum.</summary>
    /// <param name="value">The value as the client sent it.</param>
    public static ApiError AboveMaximum(string path, long maximum, string value) => Create(
        path, "integer_above_max_value",
        $"Invalid '{path}': integer above maximum value. Expected a value <= {Text(maximum)}, but got {Excerpt.Of(value)} instead.",
        $"Input should be less than or equal to {Text(maximum)}");

    public static ApiError EmptyArray(string path) => Create(
        path, "empty_array",
        $"Invalid '{path}': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        "Input should have at least 1 item");

    public static ApiError EmptyString(string path) => Create(
        path, "empty_string",
        $"Invalid '{path}': empty string. Expected a string with minimum length 1, but got an empty string instead.",
        "String should have at least 1 character");

    /// <summary>The array has too many elements.</summary>
    /// <param name="length">The number of elements; null if they were not counted.</param>
    public static ApiError LongArray(string path, int maximum, int? length = null) => Create(
        path, "array_above_max_length",
        $"Invalid '{path}': array too long. Expected an array with maximum length {maximum}, but got " +
        $"{(length is null ? "a longer array" : $"an array with length {length}")} instead.",
        $"Input should have at most {maximum} items");

    /// <summary>The string is too long.</summary>
    /// <param name="unit">What the lengths count; empty for characters.</param>
    public static ApiError LongString(string path, int maximum, int length, string unit = "") => Create(
        path, "string_above_max_length",
        $"Invalid '{path}': string too long. Expected a string with maximum length {maximum}{unit}, " +
        $"but got a string with length {length}{unit} instead.",
        $"String should have at most {maximum}{(unit.Length > 0 ? unit : " characters")}");

    /// <summary>Any other error of a field.</summary>
    /// <param name="problem">A clause.</param>
    public static ApiError Invalid(string path, string problem) =>
        Create(path, InvalidValue, $"Invalid '{path}': {problem}.", problem);

    /// <summary>The model does not accept the field from clients.</summary>
    public static ApiError NotAllowed(string path) => Create(
        path, "unsupported_parameter",
        $"Unsupported parameter: '{path}' is not supported with this model. Remove it, or let the operator allow it in `allowedFields`.",
        "Extra inputs are not permitted");

    /// <summary>The values of an enumeration, as a noun.</summary>
    public static string OneOf(ReadOnlySpan<string> supported) =>
        supported.Length == 1 ? $"'{supported[0]}'" : $"one of {Join(supported, supported.Length > 2 ? ", or " : " or ")}";

    private static ApiError WrongType(string path, string name, ReadOnlySpan<byte> json, string anthropicName) => Create(
        path, "invalid_type", $"Invalid type for '{path}': expected {name}, but got {FieldTypes.NameOf(json)} instead.",
        $"Input should be {anthropicName}");

    private static ApiError Create(string path, string code, string message, string detail, string? anthropicPath = null) =>
        ApiError.BadRequest(message, path, code) with
        {
            AnthropicMessage = $"{AnthropicErrorForm.PathOf(anthropicPath ?? path)}: {detail}",
        };

    private static string Join(ReadOnlySpan<string> names, string last)
    {
        var list = new StringBuilder();
        for (var i = 0; i < names.Length; i++)
        {
            list.Append(i == 0 ? "" : i == names.Length - 1 ? last : ", ").Append('\'').Append(names[i]).Append('\'');
        }

        return list.ToString();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
