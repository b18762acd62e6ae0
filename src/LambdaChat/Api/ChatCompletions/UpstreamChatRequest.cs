using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Upstream;

namespace LambdaChat.Api.ChatCompletions;

/// <summary>The body of a chat completion request that a model server receives.</summary>
internal static class UpstreamChatRequest
{
    private const string ToolsMember = "tools";
    private const string ChoiceMember = "tool_choice";

    /// <param name="isStreamed">True to request a stream.</param>
    /// <param name="wantsUsage">True to request the usage of a stream.</param>
    /// <exception cref="ErrorResponseException">A field with a cap is not a number.</exception>
    public static List<ReadOnlyMemory<byte>> Create(ChatRequest request, Model model, bool isStreamed, bool wantsUsage) =>
        UpstreamRequest.Finish(request.Json, Edit(request, model, isStreamed, wantsUsage));

    /// <summary>Returns the API of SageMaker that carries the call.</summary>
    public static CallMode ModeOf(Model model, bool isStreamed) =>
        model.Transport == Transport.OpenAI ? CallMode.OpenAI : isStreamed ? CallMode.Stream : CallMode.Plain;

    /// <summary>Returns the hint for the call: on SageMaker's OpenAI route, none for a body that has one of its own.</summary>
    /// <param name="hint">The hint of the request; null for none.</param>
    public static RoutingHint? HintOf(ChatRequest request, Model model, RoutingHint? hint) =>
        model.Transport == Transport.OpenAI && (request.Json.Find(RoutingHint.BodyMember) is not null
            || (model.Defaults.Count > 0 && model.Defaults.Any(static pair => pair.Key == RoutingHint.BodyMember))) ? null : hint;

    /// <summary>
    /// Creates the edits of such a body. The caller may add further edits. The parameters are those of <see cref="Create"/>.
    /// </summary>
    /// <exception cref="ErrorResponseException">A field with a cap is not a number.</exception>
    public static RequestEditor Edit(ChatRequest request, Model model, bool isStreamed, bool wantsUsage)
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

        RemoveEmptyTools(editor);
        if (model.Transport == Transport.OpenAI && editor.Value(RoutingHint.BodyMember).IsEmpty)
        {
            editor.Remove(RoutingHint.BodyMember); // A null: the call may add the member.
        }

        NullMembers.Remove(request.Json, editor);
        NullMembers.RemoveInTools(request.Json, editor);
        MessageEditor.Edit(request.Json, model, editor);
        return editor;
    }

    // Xcode and Koog send an empty list, Semantic Kernel a choice without tools, as if they had sent neither. Versions of vLLM reject them:
    // https://github.com/vllm-project/vllm/pull/39780 and https://github.com/vllm-project/vllm/pull/10000
    private static void RemoveEmptyTools(RequestEditor editor)
    {
        var tools = editor.Value(ToolsMember);
        if (!tools.IsEmpty && !tools.SequenceEqual("[]"u8))
        {
            return;
        }

        editor.Remove(ToolsMember);
        if (editor.Value(ChoiceMember) is var choice && (choice.SequenceEqual("\"auto\""u8) || choice.SequenceEqual("\"none\""u8)))
        {
            editor.Remove(ChoiceMember);
        }
    }
}
