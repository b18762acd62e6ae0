namespace LambdaChat.Http;

/// <summary>The type that a field of a request must have.</summary>
internal enum FieldType
{
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Strings,
    Objects,

    /// <summary>A string or an array of objects.</summary>
    Content,

    /// <summary>A string or an array of the input items of the Responses API.</summary>
    Input,

    /// <summary>A string or an array of the prompts of the Completions API.</summary>
    Prompt,

    /// <summary>The name of a choice of tools, or an object.</summary>
    ToolChoice,
}

/// <summary>The names of types in errors.</summary>
internal static class FieldTypes
{
    /// <summary>The name that OpenAI's API gives to an expected type.</summary>
    public static string NameOf(FieldType type) => type switch
    {
        FieldType.String => "a string",
        FieldType.Integer => "an integer",
        FieldType.Number => "a decimal",
        FieldType.Boolean => "a boolean",
        FieldType.Object => "an object",
        FieldType.Strings => "an array of strings",
        FieldType.Objects => "an array of objects",
        FieldType.Content => "one of a string or array of objects",
        FieldType.Input => "one of a string or array of input items",
        FieldType.Prompt => "one of a string or array of strings, integers, or integer arrays",
        _ => "one of 'none', 'auto', or 'required' or an object",
    };

    /// <summary>The type of a missing field, as a noun with its article.</summary>
    public static string Describe(FieldType type) =>
        NameOf(type).Replace("one of a string or array", "a string or an array", StringComparison.Ordinal);

    /// <summary>The name that Anthropic's API gives to an expected type.</summary>
    public static string AnthropicNameOf(FieldType type) => type switch
    {
        FieldType.String => "a valid string",
        FieldType.Integer => "a valid integer",
        FieldType.Number => "a valid number",
        FieldType.Boolean => "a valid boolean",
        FieldType.Object => "an object",
        FieldType.Strings or FieldType.Objects => "a valid array",
        FieldType.ToolChoice => "a valid string or object",
        _ => "a valid string or array",
    };

    /// <summary>The name that OpenAI's API gives to the type of a value.</summary>
    /// <param name="json">The value.</param>
    public static string NameOf(ReadOnlySpan<byte> json) => json switch
    {
        [(byte)'"', ..] => "a string",
        [(byte)'{', ..] => "an object",
        [(byte)'[', ..] => "an array",
        [(byte)'t' or (byte)'f', ..] => "a boolean",
        [(byte)'n', ..] or [] => "null",
        _ => json.IndexOfAny(".eE"u8) >= 0 ? "a decimal number" : "an integer",
    };
}
