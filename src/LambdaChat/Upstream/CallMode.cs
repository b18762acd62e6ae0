using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>The APIs of SageMaker that call an endpoint.</summary>
internal enum CallMode
{
    /// <summary><c>InvokeEndpointWithResponseStream</c>: the response is an event stream.</summary>
    Stream,

    /// <summary><c>InvokeEndpoint</c>: the response is one document, within 60 s.</summary>
    Plain,

    /// <summary>The OpenAI route: the container's own response, authorized by a bearer token.</summary>
    OpenAI,
}

internal static class CallModeExtensions
{
    /// <summary>The path of a call. The model catalog has validated all names in it.</summary>
    public static string PathOf(this CallMode mode, Target target) => mode switch
    {
        CallMode.Stream => $"/endpoints/{target.Endpoint}/invocations-response-stream",
        CallMode.Plain => $"/endpoints/{target.Endpoint}/invocations",
        _ when target.InferenceComponent is not null =>
            $"/endpoints/{target.Endpoint}/inference-components/{target.InferenceComponent}/openai/v1/chat/completions",
        _ => $"/endpoints/{target.Endpoint}/openai/v1/chat/completions",
    };
}
