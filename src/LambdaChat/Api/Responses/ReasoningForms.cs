using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Responses.Requests;
using LambdaChat.Http;
using LambdaChat.Models;

namespace LambdaChat.Api.Responses;

/// <summary>How a response shows the thinking.</summary>
internal enum ReasoningForm
{
    /// <summary>As a summary, which all of OpenAI's clients read.</summary>
    Summary,

    /// <summary>As the text of the thinking, which some clients of other servers read.</summary>
    Text,

    /// <summary>Not at all.</summary>
    Hidden,
}

/// <summary>Selects the form of the thinking.</summary>
internal static class ReasoningForms
{
    /// <summary>Returns the form that the request asks for, in its body or in a header, or the model's.</summary>
    /// <exception cref="ErrorResponseException">The request asks for an unknown form.</exception>
    public static ReasoningForm Select(string? member, string? header, Model model) =>
        Read(member, ResponsesRequest.ReasoningMember) ?? Read(header, ChatCompletionEndpoint.ReasoningHeader)
            ?? (model.Reasoning == ReasoningOutput.Hidden ? ReasoningForm.Hidden
                : model.ReasoningText ? ReasoningForm.Text
                : ReasoningForm.Summary);

    // A client may send the form of another API in the header with all of its requests.
    private static ReasoningForm? Read(string? name, string path)
    {
        var index = Array.IndexOf(ReasoningNames.OfResponses, name);
        return index >= 0 ? (ReasoningForm)index
            : name is null || ReasoningNames.FindOutput(name) is not null ? null
            : throw new ErrorResponseException(FieldErrors.Unsupported(path, name, ReasoningNames.OfResponses));
    }
}
