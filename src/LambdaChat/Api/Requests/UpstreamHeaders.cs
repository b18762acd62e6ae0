using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Telemetry.Tracing;
using Microsoft.Extensions.Primitives;

namespace LambdaChat.Api.Requests;

/// <summary>
/// SageMaker's headers for a call: the client's headers that the model's configuration forwards, validated against header injection, and
/// the trace. Empty unless configured.
/// </summary>
internal static class UpstreamHeaders
{
    /// <exception cref="ErrorResponseException">SageMaker does not accept the value of a forwarded header.</exception>
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
                headers.Add(new(header.Name, IsValid(values, header.MaximumLength) ? values.ToString() : throw Fault(header)));
            }
        }

        if (model.ForwardTrace && TraceHeaders.ToAttribute(context) is { } trace)
        {
            AddTrace(headers, trace);
        }

        return headers;
    }

    private static bool IsValid(StringValues values, int maximumLength) =>
        values is [{ Length: > 0 } value] && value.Length <= maximumLength && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // After the client's attributes, if both fit.
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

    private static ErrorResponseException Fault(ForwardedHeader header) =>
        new(FieldErrors.Invalid(header.Name, $"the header must have one value of 1 to {header.MaximumLength} visible ASCII characters"));
}
