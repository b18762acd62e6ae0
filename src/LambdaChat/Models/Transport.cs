namespace LambdaChat.Models;

/// <summary>The way of a chat request to the endpoint.</summary>
internal enum Transport
{
    /// <summary><c>InvokeEndpointWithResponseStream</c>: in every region, with every container.</summary>
    EventStream,

    /// <summary>SageMaker's OpenAI route: plain server-sent events, where it exists.</summary>
    OpenAI,
}
