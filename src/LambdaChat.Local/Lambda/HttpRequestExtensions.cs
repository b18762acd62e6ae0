namespace LambdaChat.Local.Lambda;

internal static class HttpRequestExtensions
{
    public static async Task<byte[]> ReadBytesAsync(this HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
