using System.Text;

namespace LambdaChat.Lambda.RuntimeApi;

/// <summary>
/// The HTTP trailers that end a streamed answer which failed after its first byte.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
/// </summary>
internal static class ErrorTrailers
{
    public const string TypeName = "Lambda-Runtime-Function-Error-Type";
    public const string BodyName = "Lambda-Runtime-Function-Error-Body";

    /// <summary>The last chunk, the trailers and the blank line after them. The body is Base64, of the same JSON as elsewhere.</summary>
    public static byte[] End(InvocationError error) => Encoding.ASCII.GetBytes(
        $"0\r\n{TypeName}: {error.Type}\r\n{BodyName}: {Convert.ToBase64String(error.ToJson().Span)}\r\n\r\n");
}
