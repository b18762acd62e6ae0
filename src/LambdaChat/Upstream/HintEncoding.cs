using System.Text;
using LambdaChat.Models;

namespace LambdaChat.Upstream;

/// <summary>
/// Writes the routing hint of a request as a header. <c>HttpClient</c> takes the value of a header only as a string, so the header has a
/// constant value, and this encoding writes the hint instead of it.
/// </summary>
internal sealed class HintEncoding : ASCIIEncoding
{
    public static readonly string Placeholder = new('-', RoutingHint.Length);

    [ThreadStatic]
    private static HintEncoding? _current; // SocketsHttpHandler writes a value right after it has selected the encoding.

    private RoutingHint _hint;

    /// <summary>Selects the encoding of a header's value; null for ASCII.</summary>
    public static Encoding? Select(string header, HttpRequestMessage request)
    {
        if (header != ForwardedHeader.PrefixAwareId || request.Content is not SplicedContent { HeaderHint: { } hint })
        {
            return null;
        }

        _current ??= new HintEncoding();
        _current._hint = hint;
        return _current;
    }

    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        _hint.WriteTo(bytes);
        return RoutingHint.Length;
    }
}
