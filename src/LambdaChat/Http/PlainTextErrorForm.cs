using System.Buffers;
using System.Text;

namespace LambdaChat.Http;

/// <summary>
/// The form of errors on the paths of the AI SDK's chat transport: one sentence as text. Pages show the body of an error as it is.
/// </summary>
internal static class PlainTextErrorForm
{
    private static readonly PathString Chat = "/api/chat";

    public static bool IsFor(HttpRequest request) =>
        PathAliases.Canonical(request.Path).StartsWithSegments(Chat, StringComparison.OrdinalIgnoreCase);

    public static void Write(IBufferWriter<byte> output, ApiError error) => Encoding.UTF8.GetBytes(TextOf(error), output);

    // The sentence about a value of an enumeration does not name its field.
    private static string TextOf(ApiError error) =>
        error is { Code: FieldErrors.InvalidValue, Param: { } param } && !error.Message.Contains($"'{param}'", StringComparison.Ordinal)
            ? $"{error.Message} Parameter: '{param}'."
            : error.Message;
}
