using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>The ways to call an endpoint.</summary>
internal enum CallMode
{
    /// <summary>The answer as an event stream.</summary>
    Stream,

    /// <summary>The answer in one piece, within 60 s.</summary>
    Plain,

    /// <summary>Chat completions as the container gives them, under a bearer token.</summary>
    OpenAI,
}

internal static class CallModeExtensions
{
    /// <summary>The path of a call. All names in it were checked when the catalogue was read.</summary>
    public static string PathOf(this CallMode operation, Target target) => operation switch
    {
        CallMode.Stream => $"/endpoints/{target.Endpoint}/invocations-response-stream",
        CallMode.Plain => $"/endpoints/{target.Endpoint}/invocations",
        _ when target.InferenceComponent is not null => $"/endpoints/{target.Endpoint}/inference-components/{target.InferenceComponent}/openai/v1/chat/completions",
        _ => $"/endpoints/{target.Endpoint}/openai/v1/chat/completions",
    };
}
