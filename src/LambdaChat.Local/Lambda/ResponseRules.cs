namespace LambdaChat.Local.Lambda;

/// <summary>
/// How what stands in front of the function takes an answer. A function URL takes both forms; API Gateway with <c>STREAM</c> streams only;
/// <c>sam local</c> documents in one piece only.
/// </summary>
internal sealed class ResponseRules(EventFormat format, bool isSamLocal)
{
    /// <summary>Passes the function's answer to the client; the error type where it cannot be, else null.</summary>
    public async Task<string?> PassOnAsync(HttpContext context, PendingInvocation invocation)
    {
        var request = context.Request;
        var isStreamed = request.Headers["Lambda-Runtime-Function-Response-Mode"] == "streaming";
        if (isStreamed ? isSamLocal : format == EventFormat.Rest && !isSamLocal)
        {
            await request.ReadBytesAsync();
            return "Runtime.InvalidResponse";
        }

        if (!isStreamed)
        {
            return await BufferedResponse.SendAsync(invocation.Client.Response, format, await request.ReadBytesAsync(), context.RequestAborted);
        }

        var error = await new StreamedResponse(invocation.Client.Response, format).CopyAsync(request.BodyReader, context.RequestAborted);
        return error ?? (request.CheckTrailersAvailable() && request.GetTrailer(RuntimeApiServer.ErrorType) is { Count: > 0 } type ? type.ToString() : null);
    }
}
