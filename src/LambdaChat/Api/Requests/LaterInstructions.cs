namespace LambdaChat.Api.Requests;

/// <summary>
/// System and developer messages after the first reply of the model, as text of the user. Chat templates accept one system message, at the
/// start. To move a later one there would change the start of the request, which prefix routing and prefix caches compare. Many models know
/// the tag from coding agents.
/// </summary>
internal static class LaterInstructions
{
    /// <summary>The beginning of the text, escaped as in JSON.</summary>
    public static ReadOnlySpan<byte> Start => "<system-reminder>\\n"u8;

    /// <summary>The end of the text, escaped as in JSON.</summary>
    public static ReadOnlySpan<byte> End => "\\n</system-reminder>"u8;

    /// <summary>Returns the text; empty for no instructions.</summary>
    /// <param name="escaped">The instructions, escaped as in JSON.</param>
    public static byte[] ToUserText(ReadOnlySpan<byte> escaped) => escaped.IsEmpty ? [] : [.. Start, .. escaped, .. End];
}
