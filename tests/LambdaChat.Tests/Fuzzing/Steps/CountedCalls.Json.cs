using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LambdaChat.Tests.Fuzzing.Steps;

/// <summary>Calls that read or write JSON.</summary>
public static partial class CountedCalls
{
    public static bool ValueTextEquals(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        StepCounter.Add(reader.ValueIsEscaped ? reader.ValueSpan.Length : Math.Min(reader.ValueSpan.Length, text.Length));
        return reader.ValueTextEquals(text);
    }

    public static string? GetString(ref Utf8JsonReader reader)
    {
        StepCounter.Add(reader.ValueSpan.Length);
        return reader.GetString();
    }

    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        StepCounter.Add(json.Length);
        return JsonDocument.Parse(json, options);
    }

    public static bool TryGetProperty(ref JsonElement element, string name, out JsonElement value)
    {
        StepCounter.Add(element.GetPropertyCount() + name.Length);
        return element.TryGetProperty(name, out value);
    }

    public static string? GetString(ref JsonElement element)
    {
        StepCounter.Add(LengthOf(element));
        return element.GetString();
    }

    public static string GetRawText(ref JsonElement element)
    {
        StepCounter.Add(LengthOf(element));
        return element.GetRawText();
    }

    public static void WriteTo(ref JsonElement element, Utf8JsonWriter writer)
    {
        StepCounter.Add(LengthOf(element));
        element.WriteTo(writer);
    }

    public static JsonEncodedText Encode(ReadOnlySpan<byte> text, JavaScriptEncoder encoder)
    {
        StepCounter.Add(text.Length);
        return JsonEncodedText.Encode(text, encoder);
    }

    public static JsonEncodedText Encode(string text, JavaScriptEncoder encoder)
    {
        StepCounter.Add(text.Length);
        return JsonEncodedText.Encode(text, encoder);
    }

    public static void Write<T>(IBufferWriter<T> writer, ReadOnlySpan<T> value)
    {
        StepCounter.Add(value.Length);
        writer.Write(value);
    }

    public static string GetString(Encoding encoding, byte[] bytes)
    {
        StepCounter.Add(bytes.Length);
        return encoding.GetString(bytes);
    }

    public static int CopyString(ref Utf8JsonReader reader, Span<byte> target)
    {
        StepCounter.Add(reader.ValueSpan.Length);
        return reader.CopyString(target);
    }

    public static bool TrySkip(ref Utf8JsonReader reader)
    {
        var before = reader.BytesConsumed;
        var hasSkipped = reader.TrySkip();
        StepCounter.Add(reader.BytesConsumed - before);
        return hasSkipped;
    }

    public static bool NameEquals(ref JsonProperty property, ReadOnlySpan<byte> name)
    {
        StepCounter.Add(name.Length);
        return property.NameEquals(name);
    }

    public static void WriteTo(ref JsonProperty property, Utf8JsonWriter writer)
    {
        StepCounter.Add(LengthOf(property.Value) + property.Name.Length);
        property.WriteTo(writer);
    }

    public static string get_Name(ref JsonProperty property)
    {
        var name = property.Name;
        StepCounter.Add(name.Length);
        return name;
    }

    public static void WritePropertyName(Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        StepCounter.Add(name.Length);
        writer.WritePropertyName(name);
    }

    public static void WritePropertyName(Utf8JsonWriter writer, string name)
    {
        StepCounter.Add(name.Length);
        writer.WritePropertyName(name);
    }

    public static void WriteRawValue(Utf8JsonWriter writer, ReadOnlySpan<byte> json, bool skipInputValidation)
    {
        StepCounter.Add(json.Length);
        writer.WriteRawValue(json, skipInputValidation);
    }

    public static void WriteRawValue(Utf8JsonWriter writer, string json, bool skipInputValidation)
    {
        StepCounter.Add(json.Length);
        writer.WriteRawValue(json, skipInputValidation);
    }

    public static void WriteString(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        StepCounter.Add(name.Length + value.Length);
        writer.WriteString(name, value);
    }

    public static void WriteString(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        StepCounter.Add(name.Length + (value?.Length ?? 0));
        writer.WriteString(name, value);
    }

    public static void WriteStringValue(Utf8JsonWriter writer, ReadOnlySpan<byte> value)
    {
        StepCounter.Add(value.Length);
        writer.WriteStringValue(value);
    }

    private static int LengthOf(JsonElement element) => System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).Length;
}
