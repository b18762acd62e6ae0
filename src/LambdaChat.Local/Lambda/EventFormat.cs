namespace LambdaChat.Local.Lambda;

/// <summary>What stands in front of the function.</summary>
internal enum EventFormat
{
    /// <summary>A function URL: payload format 2.0.</summary>
    Url,

    /// <summary>A REST API with <c>STREAM</c> as its response transfer mode: payload format 1.0.</summary>
    Rest,
}
