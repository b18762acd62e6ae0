using System.Text;
using LambdaChat.Http;

namespace LambdaChat.Tests.Http;

/// <summary>The errors of fields, in the words of OpenAI's API and of Anthropic's.</summary>
public sealed class FieldErrorsTests
{
    private const string Path = "messages[0].content";

    [Fact]
    public void Missing_NamesTheFieldAndWhatIsExpected() => AssertIs(
        FieldErrors.Missing(Path, FieldType.Content), "missing_required_parameter",
        "Missing required parameter: 'messages[0].content'. Expected a string or an array of objects.",
        "messages.0.content: Field required");

    [Theory]
    [InlineData(nameof(FieldType.String), "7", "a string, but got an integer", "a valid string")]
    [InlineData(nameof(FieldType.Integer), "-0.5", "an integer, but got a decimal number", "a valid integer")]
    [InlineData(nameof(FieldType.Number), "\"1\"", "a decimal, but got a string", "a valid number")]
    [InlineData(nameof(FieldType.Boolean), "null", "a boolean, but got null", "a valid boolean")]
    [InlineData(nameof(FieldType.Object), "[]", "an object, but got an array", "an object")]
    [InlineData(nameof(FieldType.Strings), "{}", "an array of strings, but got an object", "a valid array")]
    [InlineData(nameof(FieldType.Objects), "true", "an array of objects, but got a boolean", "a valid array")]
    [InlineData(nameof(FieldType.Content), "false", "one of a string or array of objects, but got a boolean", "a valid string or array")]
    [InlineData(nameof(FieldType.Input), "1e3", "one of a string or array of input items, but got a decimal number",
        "a valid string or array")]
    [InlineData(nameof(FieldType.ToolChoice), "5", "one of 'none', 'auto', or 'required' or an object, but got an integer",
        "a valid string or object")]
    public void WrongType_NamesBothTypes(string type, string json, string expected, string anthropic) => AssertIs(
        FieldErrors.WrongType(Path, Enum.Parse<FieldType>(type), Encoding.UTF8.GetBytes(json)), "invalid_type",
        $"Invalid type for 'messages[0].content': expected {expected} instead.", $"messages.0.content: Input should be {anthropic}");

    [Theory]
    [InlineData("a", "'a'", "'a'", "'a'")]
    [InlineData("a b", "one of 'a' or 'b'", "'a' and 'b'", "'a' or 'b'")]
    [InlineData("a b c", "one of 'a', 'b', or 'c'", "'a', 'b', and 'c'", "'a', 'b' or 'c'")]
    public void Enumeration_OfAnyLength_IsListed(string names, string expected, string supported, string anthropic)
    {
        AssertIs(FieldErrors.WrongType("effort", names.Split(' '), "1"u8), "invalid_type",
            $"Invalid type for 'effort': expected {expected}, but got an integer instead.", $"effort: Input should be {anthropic}");
        AssertIs(FieldErrors.Unsupported("effort", "x", names.Split(' ')), "invalid_value",
            $"Invalid value: 'x'. Supported values are: {supported}.", $"effort: Input should be {anthropic}");
    }

    [Fact]
    public void NotAllowed_NamesTheSettingOfTheOperator() => AssertIs(
        FieldErrors.NotAllowed("lora_path"), "unsupported_parameter",
        "Unsupported parameter: 'lora_path' is not supported with this model. Remove it, or let the operator allow it in `allowedFields`.",
        "lora_path: Extra inputs are not permitted");

    [Fact]
    public void Unsupported_Type_IsTheTagOfAUnion() => AssertIs(
        FieldErrors.Unsupported("content[0].type", "file", ["text", "image"], "Files are not supported."), "invalid_value",
        "Invalid value: 'file'. Supported values are: 'text' and 'image'. Files are not supported.",
        "content.0: Input tag 'file' found using 'type' does not match any of the expected tags: 'text', 'image'. " +
        "Files are not supported.");

    [Fact]
    public void Unsupported_LongValue_IsNotRepeated()
    {
        const string Message = "Invalid value: a string with length 65. Supported values are: 'user'.";

        AssertIs(FieldErrors.Unsupported("role", new string('x', 65), ["user"]), "invalid_value", Message, "role: Input should be 'user'");
        AssertIs(FieldErrors.Unsupported("a.type", new string('x', 65), ["user"]), "invalid_value", Message,
            "a: Input tag with length 65 found using 'type' does not match any of the expected tags: 'user'");
    }

    [Fact]
    public void Range_NamesTheBoundAndTheValue()
    {
        AssertIs(FieldErrors.BelowMinimum("n", 1, "0"), "integer_below_min_value",
            "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "n: Input should be greater than or equal to 1");
        AssertIs(FieldErrors.AboveMaximum("n", 128, "129"), "integer_above_max_value",
            "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
            "n: Input should be less than or equal to 128");
    }

    [Fact]
    public void Length_NamesTheLimitAndTheLength()
    {
        AssertIs(FieldErrors.EmptyArray("input"), "empty_array",
            "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "input: Input should have at least 1 item");
        AssertIs(FieldErrors.EmptyString("name"), "empty_string",
            "Invalid 'name': empty string. Expected a string with minimum length 1, but got an empty string instead.",
            "name: String should have at least 1 character");
        AssertIs(FieldErrors.LongArray("input", 2, 3), "array_above_max_length",
            "Invalid 'input': array too long. Expected an array with maximum length 2, but got an array with length 3 instead.",
            "input: Input should have at most 2 items");
        AssertIs(FieldErrors.LongString("name", 2, 3), "string_above_max_length",
            "Invalid 'name': string too long. Expected a string with maximum length 2, but got a string with length 3 instead.",
            "name: String should have at most 2 characters");
    }

    private static void AssertIs(ApiError error, string code, string message, string anthropicMessage)
    {
        Assert.Equal((400, "invalid_request_error", code), (error.Status, error.Type, error.Code));
        Assert.Equal((message, anthropicMessage), (error.Message, error.AnthropicMessage));
    }
}
