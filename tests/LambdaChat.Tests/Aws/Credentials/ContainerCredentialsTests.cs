using System.Net;
using System.Net.Sockets;
using System.Text;
using LambdaChat.Aws.Credentials;
using Microsoft.Extensions.Time.Testing;

namespace LambdaChat.Tests.Aws.Credentials;

public sealed class ContainerCredentialsTests : IDisposable
{
    private const string Whole =
        """{"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token","Expiration":"2000-01-01T01:00:00Z","AccountId":"1"}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();

    public ContainerCredentialsTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Get_WithToken_ReadsTheSession()
    {
        using var credentials = Create();
        var asking = credentials.GetAsync(TestContext.Current.CancellationToken).AsTask();

        var request = await AnswerAsync("200 OK", Whole);

        Assert.Equal(new AwsCredentials("id", "secret", "token"), await asking);
        Assert.StartsWith("GET /creds HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nAuthorization: the-token\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("403 Forbidden", Whole)]
    [InlineData("200 OK", "")]
    [InlineData("200 OK", "[]")]
    [InlineData("200 OK", """{"AccessKeyId":"id","SecretAccessKey":"","Token":"token","Expiration":"2000-01-01T01:00:00Z"}""")]
    [InlineData("200 OK", """{"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token"}""")]
    [InlineData("200 OK", """{"AccessKeyId":"id","SecretAccessKey":"secret","Token":"token","Expiration":"soon"}""")]
    public async Task Get_OtherResponse_Throws(string status, string body)
    {
        using var credentials = Create();
        var asking = credentials.GetAsync(TestContext.Current.CancellationToken).AsTask();

        await AnswerAsync(status, body);

        await Assert.ThrowsAsync<CredentialsException>(() => asking);
    }

    [Fact]
    public async Task Get_NoResponse_ThrowsAfterTheTimeout()
    {
        using var credentials = Create();
        var asking = credentials.GetAsync(TestContext.Current.CancellationToken).AsTask();
        using var connection = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await ReceiveAsync(connection);

        _time.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<CredentialsException>(() => asking);
    }

    [Fact]
    public async Task AfterRestore_OldCredentials_AreReplaced()
    {
        using var credentials = Create();
        var before = credentials.GetAsync(TestContext.Current.CancellationToken).AsTask();
        await AnswerAsync("200 OK", Whole.Replace("\"id\"", "\"old\"", StringComparison.Ordinal));
        Assert.Equal("old", (await before).AccessKeyId);

        var restoring = credentials.AfterRestoreAsync(TestContext.Current.CancellationToken);
        await AnswerAsync("200 OK", Whole);
        await restoring;

        Assert.Equal("id", (await credentials.GetAsync(TestContext.Current.CancellationToken)).AccessKeyId);
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private ContainerCredentials Create() => new(new Uri($"http://127.0.0.1:{Port}/creds"), "the-token", _time);

    private async Task<string> AnswerAsync(string status, string body)
    {
        using var connection = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var request = await ReceiveAsync(connection);
        await connection.SendAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        return request;
    }

    private static async Task<string> ReceiveAsync(Socket connection)
    {
        var buffer = new byte[16 * 1024];
        var count = await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }
}
