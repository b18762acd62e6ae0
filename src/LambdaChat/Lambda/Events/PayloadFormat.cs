namespace LambdaChat.Lambda.Events;

/// <summary>What an event looks like, and with it the answer.</summary>
internal enum PayloadFormat
{
    /// <summary>Version 1.0: REST APIs of API Gateway. Headers and query have lists of values.</summary>
    RestApi,

    /// <summary>Version 2.0: function URLs.</summary>
    FunctionUrl,
}
