using System.Text.Json;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Json;
using LambdaChat.Models;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>The body of a chat completion request that a model server receives.</summary>
internal static class UpstreamChatRequest
{
    /// <param name="isStreamed">True to request a stream.</param>
    /// <param name="wantsUsage">True to request the usage of a stream.</param>
    /// <param name="hint">The routing hint; null for none. SageMaker reads it from the body on its OpenAI route only.</param>
    /// <exception cref="InvalidRequestException">A field with a cap is not a number.</exception>
    public static List<ReadOnlyMemory<byte>> Create(
        ChatRequest request, Model model, bool isStreamed, bool wantsUsage, string? hint = null) =>
        UpstreamRequest.Finish(request.Json, Edit(request, model, isStreamed, wantsUsage, hint));

    /// <summary>
    /// Creates the edits of such a body. The caller may add further edits. The parameters are those of <see cref="Create"/>.
    /// </summary>
    /// <exception cref="InvalidRequestException">A field with a cap is not a number.</exception>
    public static RequestEditor Edit(ChatRequest request, Model model, bool isStreamed, bool wantsUsage, string? hint = null)
    {
        var editor = UpstreamRequest.Edit(request.Json, model, ModelTasks.Chat);
        editor.Remove(ChatRequest.ReasoningMember);
        editor.Remove(ChatRequest.ErrorsMember);
        if (request.WantsStore)
        {
            editor.Remove(ChatRequest.StoreMember);
        }

        if (isStreamed != request.IsStreamed)
        {
            editor.Set("stream", isStreamed ? "true"u8 : "false"u8);
        }

        if (!isStreamed)
        {
            StreamOptions.Remove(editor);
        }
        else if (wantsUsage && !request.IncludesUsage)
        {
            StreamOptions.RequestUsage(request.Json, editor);
        }

        if (hint is not null && model.Transport == Transport.OpenAI
            && request.Json.Find(RoutingHint.BodyMember) is null or { Type: JsonTokenType.Null })
        {
            editor.Set(RoutingHint.BodyMember, JsonText.Quote(hint));
        }

        MessageEditor.Edit(request.Json, model, editor);
        return editor;
    }
}
