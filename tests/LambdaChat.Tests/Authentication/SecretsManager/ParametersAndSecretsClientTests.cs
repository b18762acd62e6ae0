using LambdaChat.Authentication.SecretsManager;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Authentication.SecretsManager;

public sealed class ParametersAndSecretsClientTests
{
    [Theory]
    [InlineData(200, """{"SecretString":"a"}""", "a", "", false)]
    [InlineData(200, """{"Parameter":{"Value":"a"}}""", "a", "", false)]
    [InlineData(200, "not JSON", null, "unexpected response", false)]
    [InlineData(200, "[]", null, "unexpected response", false)]
    [InlineData(200, """{"SecretString":1}""", null, "unexpected response", false)]
    [InlineData(200, """{"Parameter":"a"}""", null, "unexpected response", false)]
    [InlineData(400, "not ready to serve traffic, please wait", null, "status 400", true)]
    [InlineData(404, """{"SecretString":"a"}""", null, "status 404", false)]
    public async Task Get_EachResponse_IsTheSecretOrItsProblem(int status, string body, string? secret, string problem, bool isStarting)
    {
        using var extension = new Loopback(_ => Loopback.Json(body, status));
        using var client = new ParametersAndSecretsClient(extension.Address);

        var response = await client.GetAsync("/secretsmanager/get", TestContext.Current.CancellationToken);

        Assert.Equal(secret, response.Text);
        Assert.True(secret is not null || response.Problem == problem, response.Problem);
        Assert.Equal(isStarting, response.IsStarting);
    }

    [Fact]
    public async Task Get_RefusedConnection_IsAStartingExtension()
    {
        var extension = new Loopback(_ => "");
        extension.Dispose();
        using var client = new ParametersAndSecretsClient(extension.Address);

        var response = await client.GetAsync("/secretsmanager/get", TestContext.Current.CancellationToken);

        Assert.Equal(new SecretResponse(Text: null, "ConnectionError", IsStarting: true), response);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n{")]
    public async Task Get_CutOrLongResponse_IsNoStartingExtension(string answer)
    {
        using var extension = new Loopback(_ => answer);
        using var client = new ParametersAndSecretsClient(extension.Address);

        var response = await client.GetAsync("/secretsmanager/get", TestContext.Current.CancellationToken);

        Assert.Null(response.Text);
        Assert.False(response.IsStarting);
    }
}
