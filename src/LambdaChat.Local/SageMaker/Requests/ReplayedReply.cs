using System.Text;

namespace LambdaChat.Local.SageMaker.Requests;

/// <summary>
/// A recorded response of a model server, set in <c>stand_in.replay</c>: <c>{"stream","whole","base64","content_type","status"}</c>.
/// </summary>
/// <param name="Stream">Body for requests with <c>stream</c>; null if it was not recorded.</param>
/// <param name="Whole">Body for requests without <c>stream</c>; null if it was not recorded.</param>
internal sealed record ReplayedReply(byte[]? Stream, byte[]? Whole, string? ContentType, int Status)
{
    /// <exception cref="RefusedRequestException">A member is invalid.</exception>
    public static ReplayedReply Parse(JsonFields replay)
    {
        var isBase64 = replay.Flag("base64");
        return new ReplayedReply(
            Read(replay, "stream", isBase64),
            Read(replay, "whole", isBase64),
            replay.Text("content_type"),
            replay.Number("status", minimum: 200, maximum: 599) ?? 200);
    }

    private static byte[]? Read(JsonFields replay, string name, bool isBase64)
    {
        if (replay.Text(name) is not { } text)
        {
            return null;
        }

        try
        {
            return isBase64 ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
        }
        catch (FormatException)
        {
            throw replay.Invalid(name, "must be Base64");
        }
    }
}
