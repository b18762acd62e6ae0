namespace LambdaChat.Lambda.Events;

/// <summary>The payload format of an event and its response.</summary>
internal enum PayloadFormat
{
    /// <summary>Version 1.0, of REST APIs. Each header and query parameter has a list of values.</summary>
    RestApi,

    /// <summary>Version 2.0, of function URLs. Headers with several values are joined with commas.</summary>
    FunctionUrl,
}
