using System.Text;

namespace LambdaChat.FunctionalTests.Clients;

/// <summary>A request of a client and the bytes of the response that have arrived so far.</summary>
internal sealed class Exchange(string method, string path, byte[] request)
{
    private readonly Lock _lock = new();
    private readonly List<byte> _response = [];

    public string Method { get; } = method;

    public string Path { get; } = path;

    public string Request { get; } = Encoding.UTF8.GetString(request);

    public int Status { get; set; }

    public string? ContentType { get; set; }

    /// <summary>True if the response has ended and the client has not left.</summary>
    public bool IsWhole { get; set; }

    public string Response
    {
        get
        {
            lock (_lock)
            {
                return Encoding.UTF8.GetString([.. _response]);
            }
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _response.AddRange(bytes);
        }
    }
}
