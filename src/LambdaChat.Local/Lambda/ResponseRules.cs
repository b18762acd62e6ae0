using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The response modes that the invoking service accepts. A function URL accepts both, API Gateway with <c>STREAM</c> streaming only, and
/// <c>sam local</c> non-streaming only.
/// </summary>
internal sealed class ResponseRules(EventFormat format, bool isSamLocal)
{
    /// <summary>Sends the function's response to the client. Returns the error type on failure, else null.</summary>
    public async Task<string?> SendAsync(HttpContext context, PendingInvocation invocation)
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
