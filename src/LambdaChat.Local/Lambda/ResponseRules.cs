using LambdaChat.Local.Lambda.Events;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The response modes that the invoking service accepts. A function URL accepts both modes. API Gateway with <c>STREAM</c> accepts only
/// streaming responses. <c>sam local</c>, load balancers and HTTP APIs accept only non-streaming responses.
/// </summary>
internal sealed class ResponseRules(LambdaOptions options)
{
    // AWS's runtime clients set this type for a response with a prelude. Source:
    // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/HttpResponseStream.js
    private const string PreludeType = "application/vnd.awslambda.http-integration-response";

    /// <summary>Sends the function's response to the client. Returns the error type on failure, else null.</summary>
    public async Task<string?> SendAsync(HttpContext context, PendingInvocation invocation)
    {
        var request = context.Request;
        var isStreamed = request.Headers["Lambda-Runtime-Function-Response-Mode"] == "streaming";
        if (isStreamed ? options.IsSamLocal || !options.AcceptsStreams : options.EventFormat == EventFormat.Rest && !options.IsSamLocal)
        {
            await request.ReadBytesAsync();
            return "Runtime.InvalidResponse";
        }

        if (!isStreamed)
        {
            var response = await request.ReadBytesAsync();
            return await BufferedResponse.SendAsync(invocation.Client.Response, options.EventFormat, response, context.RequestAborted);
        }

        // API Gateway always reads a prelude. A function URL sends a response of another type as it is.
        var hasPrelude = options.EventFormat == EventFormat.Rest || request.ContentType == PreludeType;
        var streamed = new StreamedResponse(invocation.Client.Response, options.EventFormat, options.HoldsBackChunks)
        {
            ContentType = hasPrelude ? null : request.ContentType ?? "application/octet-stream",
        };
        return await streamed.CopyAsync(request.BodyReader, context.RequestAborted) ?? ReadErrorTrailer(request);
    }

    private static string? ReadErrorTrailer(HttpRequest request) =>
        request.CheckTrailersAvailable() && request.GetTrailer(RuntimeApiServer.ErrorType) is { Count: > 0 } type ? type.ToString() : null;
}
