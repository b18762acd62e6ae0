using LambdaChat.Models;

namespace LambdaChat.SageMaker;

/// <summary>The ways to call an endpoint.</summary>
internal enum Operation
{
    /// <summary>The answer as an event stream.</summary>
    Stream,

    /// <summary>The answer in one piece, within 60 s.</summary>
    Plain,

    /// <summary>Chat completions as the container gives them, under a bearer token.</summary>
    OpenAI,
}

internal static class OperationExtensions
{
    /// <summary>The path of a call. All names in it were checked when the catalogue was read.</summary>
    public static string PathOf(this Operation operation, Model model) => operation switch
    {
        Operation.Stream => $"/endpoints/{model.Endpoint}/invocations-response-stream",
        Operation.Plain => $"/endpoints/{model.Endpoint}/invocations",
        _ when model.InferenceComponent is not null => $"/endpoints/{model.Endpoint}/inference-components/{model.InferenceComponent}/openai/v1/chat/completions",
        _ => $"/endpoints/{model.Endpoint}/openai/v1/chat/completions",
    };
}
