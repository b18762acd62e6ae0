using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Telemetry.Tracing;

namespace LambdaChat.Api.Requests;

/// <summary>
/// The headers of SageMaker's that go with a call: those of the client that its model forwards, checked so that none can become two, and
/// the trace. None where nothing is configured.
/// </summary>
internal static class UpstreamHeaders
{
    /// <exception cref="InvalidRequestException">A header that is forwarded has a value that SageMaker does not take.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(HttpContext context, Model model)
    {
        if (model.ForwardHeaders.Count == 0 && !model.ForwardTrace)
        {
            return [];
        }

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in model.ForwardHeaders)
        {
            if (context.Request.Headers[header.Name] is { Count: > 0 } values)
            {
                headers.Add(new(header.Name, IsPlain(values, header.MaximumLength) ? values.ToString() : throw Fault(header)));
            }
        }

        if (model.ForwardTrace && TraceHeaders.ToAttribute(context) is { } trace)
        {
            AddTrace(headers, trace);
        }

        return headers;
    }

    private static bool IsPlain(Microsoft.Extensions.Primitives.StringValues values, int maximumLength) =>
        values is [{ Length: > 0 } value] && value.Length <= maximumLength && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // Behind what the client says there, where both have room.
    private static void AddTrace(List<KeyValuePair<string, string>> headers, string trace)
    {
        var index = headers.FindIndex(header => header.Key == ForwardedHeader.CustomAttributes);
        if (index < 0)
        {
            headers.Add(new(ForwardedHeader.CustomAttributes, trace));
        }
        else if (headers[index].Value.Length + 1 + trace.Length <= ForwardedHeader.All[0].MaximumLength)
        {
            headers[index] = new(ForwardedHeader.CustomAttributes, $"{headers[index].Value},{trace}");
        }
    }

    private static InvalidRequestException Fault(ForwardedHeader header) => new(header.Name, $"must be one text of 1 to {header.MaximumLength} visible ASCII characters");
}
