using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>The body of a chat completion request that a model server receives.</summary>
internal static class UpstreamChatRequest
{
    /// <param name="isStreamed">True to request a stream.</param>
    /// <param name="wantsUsage">True to request the usage of a stream.</param>
    /// <exception cref="InvalidRequestException">A field with a cap is not a number.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Create(ChatRequest request, Model model, bool isStreamed, bool wantsUsage)
    {
        var editor = UpstreamRequest.Edit(request.Json, model, ModelTasks.Chat);
        editor.Remove(ChatRequest.ReasoningMember);
        editor.Remove(ChatRequest.ErrorsMember);
        if (isStreamed != request.IsStreamed)
        {
            editor.Set("stream", isStreamed ? "true"u8 : "false"u8);
        }

        if (!isStreamed)
        {
            editor.Remove("stream_options"); // "Only set this when you set stream: true."
        }
        else if (wantsUsage && !request.IncludesUsage)
        {
            editor.Set("stream_options", """{"include_usage":true}"""u8);
        }

        if (model.History != ReasoningHistory.Keep || model.StripQuotes)
        {
            ReasoningHistoryEditor.Edit(request.Json, model, editor);
        }

        return editor.Apply();
    }
}
