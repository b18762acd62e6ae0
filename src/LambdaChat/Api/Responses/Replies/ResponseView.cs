using System.Runtime.InteropServices;
using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Api.Requests.Conversations;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Models;

namespace LambdaChat.Api.Responses.Replies;

/// <summary>
/// Everything that a response needs besides the chunks of its reply. It is stored with the chunks, so that a later reader gets the same
/// response.
/// </summary>
/// <param name="Random">The shared part of the ids.</param>
/// <param name="Created">When the response was created, in Unix seconds.</param>
/// <param name="Settings">The members of the response that repeat the request, as an object.</param>
internal sealed record ResponseView(string Random, long Created, byte[] Settings, ToolNames Tools)
{
    public bool IsBackground { get; init; }

    /// <summary>True to show the thinking as text, and not as a summary.</summary>
    public bool IsText { get; init; }

    public bool WantsThinking { get; init; }

    public bool WantsLogprobs { get; init; }

    /// <summary>True for a response without output, which is never stored.</summary>
    public bool IsWarmUp { get; init; }

    /// <summary>The ids of the tool calls before the reply.</summary>
    public IReadOnlyCollection<string> CallIds { get; init; } = [];

    public ResponseIds Ids { get; } = new(Random);

    /// <param name="modelName">The model's name as the client wrote it.</param>
    public static ResponseView Create(ResponsesRequest request, Model model, string modelName, bool isText, DateTimeOffset now) =>
        new(ResponseIds.CreateRandom(), now.ToUnixTimeSeconds(), ResponseSettings.Create(request, model, modelName), request.Tools.Names)
        {
            IsBackground = request.IsBackground,
            IsText = isText,
            WantsThinking = request.WantsThinking,
            WantsLogprobs = request.WantsLogprobs,
            IsWarmUp = request.IsWarmUp,
            CallIds = request.CallIds,
        };

    public static ResponseView Read(JsonElement json)
    {
        var settings = json.GetProperty("settings");
        return new ResponseView(
            json.GetProperty("random").GetString()!, json.GetProperty("created").GetInt64(),
            JsonMarshal.GetRawUtf8Value(settings).ToArray(), new ToolList(new RequestItem(settings, ""), mayRepeat: true).Names)
        {
            IsBackground = json.GetProperty("background").GetBoolean(),
            IsText = json.GetProperty("text").GetBoolean(),
            WantsThinking = json.GetProperty("thinking").GetBoolean(),
            WantsLogprobs = json.GetProperty("logprobs").GetBoolean(),
            CallIds = json.TryGetProperty("calls", out var calls) ? [.. calls.EnumerateArray().Select(static id => id.GetString()!)] : [],
        };
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("random"u8, Random);
        writer.WriteNumber("created"u8, Created);
        writer.WriteBoolean("background"u8, IsBackground);
        writer.WriteBoolean("text"u8, IsText);
        writer.WriteBoolean("thinking"u8, WantsThinking);
        writer.WriteBoolean("logprobs"u8, WantsLogprobs);
        writer.WriteStartArray("calls"u8);
        foreach (var id in CallIds)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("settings"u8);
        writer.WriteRawValue(Settings, skipInputValidation: true);
        writer.WriteEndObject();
    }

    /// <param name="events">Receives the events; null for a non-streaming response.</param>
    public ResponseState CreateState(EventWriter? events) => new(
        new ResponseOutput(new ResponseItem(Ids, Tools, ToolCallIds.Of(CallIds), IsText, WantsThinking), events), WantsLogprobs, IsWarmUp);
}
