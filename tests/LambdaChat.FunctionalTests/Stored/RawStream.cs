using System.Text;
using System.Text.Json.Nodes;

namespace LambdaChat.FunctionalTests.Stored;

/// <summary>The bytes of an event stream, read event by event as they are. Comments are left out.</summary>
internal sealed class RawStream(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StringBuilder _text = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _position;

    public HttpResponseMessage Response => response;

    public static async Task<RawStream> StartAsync(
        HttpClient client, string method, string path, JsonNode? request = null, params (string Name, string Value)[] headers)
    {
        var response = await StoredFunction.SendAsync(client, method, path, request, headers);
        return new RawStream(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads all events of a stream.</summary>
    public static async Task<List<string>> ReadAllAsync(
        HttpClient client, string method, string path, JsonNode? request = null, params (string Name, string Value)[] headers)
    {
        using var stream = await StartAsync(client, method, path, request, headers);
        return await stream.ReadToEndAsync();
    }

    /// <summary>Returns the next event with its blank line; null at the end.</summary>
    public async Task<string?> ReadAsync()
    {
        while (true)
        {
            var end = _text.ToString().IndexOf("\n\n", _position, StringComparison.Ordinal);
            if (end >= 0)
            {
                var text = WithoutComments(_text.ToString(_position, end + 2 - _position));
                _position = end + 2;
                if (text != "\n")
                {
                    return text;
                }

                continue;
            }

            var count = await body.ReadAsync(_buffer, TestContext.Current.CancellationToken);
            if (count == 0)
            {
                var rest = WithoutComments(_text.ToString(_position, _text.Length - _position));
                Assert.True(rest.Length == 0, $"{response.StatusCode}: {_text}");
                return null;
            }

            var chars = new char[count];
            _text.Append(chars, 0, _decoder.GetChars(_buffer, 0, count, chars, 0));
        }
    }

    public async Task<List<string>> ReadToEndAsync()
    {
        var events = new List<string>();
        while (await ReadAsync() is { } text)
        {
            events.Add(text);
        }

        return events;
    }

    // Comments precede an event, a blank line of their own, or the end.
    private static string WithoutComments(string text)
    {
        while (text.StartsWith(':') && text.Contains('\n', StringComparison.Ordinal))
        {
            text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        }

        return text;
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => response.Dispose();
}
