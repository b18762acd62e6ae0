using LambdaChat.Aws.Credentials;
using LambdaChat.Tests.Support;

namespace LambdaChat.Tests.Aws.Credentials;

/// <summary>What the errors of STS mean. A local server is STS.</summary>
public sealed class AssumeRoleClientTests : IDisposable
{
    private const string Variable = "AWS_ENDPOINT_URL_STS";

    private readonly Loopback _sts;
    private string _error = "";

    public AssumeRoleClientTests()
    {
        _sts = new Loopback(_ => Respond());
        Environment.SetEnvironmentVariable(Variable, _sts.Address.AbsoluteUri);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _sts.Dispose();
    }

    [Theory]
    [InlineData("AccessDenied", nameof(CredentialsProblem.RoleDenied))]
    [InlineData("ValidationError", nameof(CredentialsProblem.RoleDenied))]
    [InlineData("Throttling", nameof(CredentialsProblem.Unreachable))]
    [InlineData("ThrottlingException", nameof(CredentialsProblem.Unreachable))]
    public async Task Error_WithAStatusOfTheRequest_IsADenialUnlessStsThrottles(string error, string expected)
    {
        _error = error;
        var own = new EnvironmentCredentials(new AwsCredentials("id", "secret", "token"));

        var exception = await Assert.ThrowsAsync<CredentialsException>(() => AssumeRoleClient.AssumeAsync(
            own, "arn:aws:iam::111122223333:role/r", "eu-west-1", TestContext.Current.CancellationToken));

        Assert.Equal(expected, exception.Problem.ToString());
    }

    private string Respond()
    {
        var body = $"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{_error}</Code>"""
            + "<Message>x</Message></Error><RequestId>1</RequestId></ErrorResponse>";
        return $"HTTP/1.1 400 X\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }
}
