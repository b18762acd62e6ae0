using System.Buffers;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>Writes the members of a response object that repeat the request, with the values that are in effect.</summary>
internal static class ResponseSettings
{
    private static readonly string[] Echoed = ["max_tool_calls", "prompt_cache_key", "safety_identifier"];

    /// <summary>Returns the members as an object.</summary>
    public static byte[] Create(ResponsesRequest request, Model model, string modelName)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, modelName);
            Write(writer, "instructions", request.Root.Find("instructions"), "null"u8);
            writer.WriteString("previous_response_id"u8, request.PreviousId);
            WriteTools(writer, request);
            WriteText(writer, request);
            WriteReasoning(writer, request);
            WriteNumbers(writer, request, model);
            writer.WriteString("truncation"u8, "disabled"u8);
            writer.WriteBoolean("background"u8, request.IsBackground);
            writer.WriteString("service_tier"u8, "default"u8);
            Write(writer, "metadata", request.Root.Find("metadata"), "{}"u8);
            foreach (var name in Echoed)
            {
                Write(writer, name, request.Root.Find(name), "null"u8);
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteTools(Utf8JsonWriter writer, ResponsesRequest request)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools.Known)
        {
            ToolWriter.WriteWhole(writer, tool);
        }

        writer.WriteEndArray();
        Write(writer, "tool_choice", request.Root.Find("tool_choice"), "\"auto\""u8);
        Write(writer, "parallel_tool_calls", request.Root.Find("parallel_tool_calls"), "true"u8);
    }

    private static void WriteText(Utf8JsonWriter writer, ResponsesRequest request)
    {
        writer.WriteStartObject("text"u8);
        writer.WriteStartObject("format"u8);
        writer.WriteString("type"u8, request.Format?.Type ?? "text");
        if (request.Format is { Type: "json_schema" } format)
        {
            Write(writer, "name", format.Find("name"), "null"u8);
            Write(writer, "description", format.Find("description"), "null"u8);
            Write(writer, "schema", format.Find("schema"), "null"u8);
            Write(writer, "strict", format.Find("strict"), "false"u8);
        }

        writer.WriteEndObject();
        Write(writer, "verbosity", request.Root.FindObject("text")?.Find("verbosity"), "\"medium\""u8);
        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ResponsesRequest request)
    {
        var reasoning = request.Root.FindObject("reasoning");
        writer.WriteStartObject("reasoning"u8);
        Write(writer, "effort", reasoning?.Find("effort"), "null"u8);
        Write(writer, "summary", reasoning?.Find("summary"), "null"u8);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ResponsesRequest request, Model model)
    {
        Write(writer, "temperature", request.Root.Find("temperature"), Default(model, "temperature", "1"u8));
        Write(writer, "top_p", request.Root.Find("top_p"), Default(model, "top_p", "1"u8));
        Write(writer, "presence_penalty", request.Root.Find("presence_penalty"), Default(model, "presence_penalty", "0"u8));
        Write(writer, "frequency_penalty", request.Root.Find("frequency_penalty"), Default(model, "frequency_penalty", "0"u8));
        writer.WriteNumber("top_logprobs"u8, request.TopLogprobs);
        if ((request.MaxOutputTokens ?? model.MaxTokens) is { } limit)
        {
            writer.WriteNumber("max_output_tokens"u8, Math.Min(limit, model.MaxTokens ?? limit));
        }
        else
        {
            writer.WriteNull("max_output_tokens"u8);
        }
    }

    private static ReadOnlySpan<byte> Default(Model model, string name, ReadOnlySpan<byte> otherwise)
    {
        var value = model.Defaults.FirstOrDefault(pair => pair.Key == name).Value;
        return value is null ? otherwise : value;
    }

    private static void Write(Utf8JsonWriter writer, string name, RequestItem? value, ReadOnlySpan<byte> otherwise)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value is { } item ? item.Raw : otherwise, skipInputValidation: true);
    }
}
