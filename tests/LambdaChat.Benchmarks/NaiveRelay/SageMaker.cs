using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams.Internal;
using Amazon.Runtime.Internal.Auth;

namespace NaiveRelay;

internal sealed class SageMaker(HttpClient http)
{
    private readonly Uri _endpoint = new(new Uri(Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME")!),
        "/endpoints/demo/invocations-response-stream");
    private readonly string _region = Environment.GetEnvironmentVariable("AWS_REGION")!;
    private readonly ImmutableCredentials _credentials = new(
        Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID"),
        Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY"),
        Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN"));

    public async IAsyncEnumerable<string> StreamAsync(string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            _endpoint)
        { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) };
        Sign(request, json);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var payloads = new PayloadStream(await response.Content.ReadAsStreamAsync());
        await foreach (var item in SseParser.Create(payloads).EnumerateAsync())
        {
            yield return item.Data;
        }
    }

    private void Sign(HttpRequestMessage request, string json)
    {
        var now = DateTime.UtcNow;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var date = now.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
        var canonical =
            $"POST\n{_endpoint.AbsolutePath}\n\nhost:{_endpoint.Authority}\nx-amz-content-sha256:{hash}\nx-amz-date:{date}\nx-amz-security-token:{_credentials.Token}\n\n{SignedHeaders}\n{hash}";
        var result = AWS4Signer.ComputeSignature(_credentials, _region, now, "sagemaker", SignedHeaders, canonical);
        request.Headers.TryAddWithoutValidation("x-amz-date", date);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("x-amz-security-token", _credentials.Token);
        request.Headers.TryAddWithoutValidation("Authorization", result.ForAuthorizationHeader);
    }

    private sealed class PayloadStream : Stream
    {
        private readonly Stream _frames;
        private readonly EventStreamDecoder _decoder = new();
        private readonly Queue<byte[]> _payloads = new();
        private readonly byte[] _buffer = new byte[16 * 1024];
        private ReadOnlyMemory<byte> _current;

        public PayloadStream(Stream frames)
        {
            _frames = frames;
            _decoder.MessageReceived += (_, e) => _payloads.Enqueue(e.Message.Payload);
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_current.IsEmpty)
            {
                if (_payloads.TryDequeue(out var payload))
                {
                    _current = payload;
                    continue;
                }

                var count = await _frames.ReadAsync(_buffer, cancellationToken);
                if (count == 0)
                {
                    return 0;
                }

                _decoder.ProcessData(_buffer, 0, count);
            }

            var length = Math.Min(buffer.Length, _current.Length);
            _current[..length].CopyTo(buffer);
            _current = _current[length..];
            return length;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
