using System.Globalization;
using System.Text.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Models;

/// <summary>
/// Models in the form of Anthropic's API. The list is always whole. Source: https://docs.claude.com/en/api/models-list
/// </summary>
/// <param name="created">When this process loaded the catalog, in Unix seconds.</param>
internal sealed class AnthropicModels(long created)
{
    private readonly string _created =
        DateTimeOffset.FromUnixTimeSeconds(created).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public void WriteList(Utf8JsonWriter writer, IReadOnlyList<(Model Model, string Id)> models)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("data"u8);
        foreach (var (model, id) in models)
        {
            Write(writer, model, id);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more"u8, false);
        writer.WriteString("first_id"u8, models.Count > 0 ? models[0].Id : null);
        writer.WriteString("last_id"u8, models.Count > 0 ? models[^1].Id : null);
        writer.WriteEndObject();
    }

    public void Write(Utf8JsonWriter writer, Model model, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "model"u8);
        writer.WriteString("id"u8, id);
        writer.WriteString("display_name"u8, id);
        writer.WriteString("created_at"u8, _created);
        writer.WriteNull("deprecated_at"u8);
        writer.WriteNull("retires_at"u8);
        writer.WriteString("lifecycle"u8, "active"u8);
        writer.WriteNull("line"u8);
        writer.WriteNull("capabilities"u8);
        WriteNumber(writer, "max_input_tokens"u8, model.ContextLength);
        WriteNumber(writer, "max_tokens"u8, model.MaxTokens);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
