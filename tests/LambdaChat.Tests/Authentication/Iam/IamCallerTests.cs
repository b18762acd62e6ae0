using LambdaChat.Authentication.Iam;
using LambdaChat.Hosting;

namespace LambdaChat.Tests.Authentication.Iam;

public sealed class IamCallerTests
{
    private const string Account = "123456789012";

    [Theory]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Chat/alice", "iam:Chat-")]
    [InlineData("arn:aws:iam::123456789012:user/team/Bob", "iam:Bob-")]
    [InlineData("arn:aws-cn:iam::123456789012:root", "iam:root-")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/cdk-deploy-123456789012-eu/x", "iam:cdk-deploy-account-eu-")]
    public void Of_Principal_HasNoAccountInItsName(string arn, string prefix)
    {
        var name = IamCaller.Of(new IamIdentity(arn, Account, "AIDA"))!.Name!;

        Assert.StartsWith(prefix, name, StringComparison.Ordinal);
        Assert.Equal(prefix.Length + 8, name.Length);
        Assert.DoesNotContain(Account, name, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SessionsOfOneRole_AreOneCaller() =>
        Assert.Equal(Name("arn:aws:sts::123456789012:assumed-role/Chat/alice"), Name("arn:aws:sts::123456789012:assumed-role/Chat/bob"));

    [Fact]
    public void Of_SameNameInAnotherAccount_IsAnotherCaller() =>
        Assert.NotEqual(Name("arn:aws:sts::123456789012:assumed-role/Chat/alice"),
            Name("arn:aws:sts::210987654321:assumed-role/Chat/alice"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("arn:aws:iam::123456789012:")]
    public void Of_NoPrincipal_IsNull(string? arn) => Assert.Null(IamCaller.Of(new IamIdentity(arn, Account, "AIDA")));

    private static string? Name(string arn) => IamCaller.Of(new IamIdentity(arn, arn.Split(':')[4], "AIDA"))!.Name;
}
