namespace LambdaChat.Local.Lambda.Events;

/// <summary>The service that invokes the function.</summary>
internal enum EventFormat
{
    /// <summary>A function URL: payload format 2.0.</summary>
    Url,

    /// <summary>An API Gateway REST API with response transfer mode <c>STREAM</c>: payload format 1.0.</summary>
    Rest,
}
