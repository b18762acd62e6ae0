using LambdaChat.Authentication.Callers;
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
        var caller = IamCaller.Of(new IamIdentity(arn, Account, "AIDA"))!;

        Assert.StartsWith(prefix, caller.Name!, StringComparison.Ordinal);
        Assert.Equal(prefix.Length + 8, caller.Name!.Length);
        Assert.StartsWith(caller.Name, caller.Id!, StringComparison.Ordinal);
        Assert.Equal(prefix.Length + 32, caller.Id!.Length); // 128 bits.
        Assert.DoesNotContain(Account, caller.Id, StringComparison.Ordinal);
    }

    /// <summary>The two ARNs have the same first 32 bits of their hashes.</summary>
    [Fact]
    public void Of_AnArnWithTheSameName_IsAnotherCaller()
    {
        var (first, second) = (Of("arn:aws:iam::123456789012:user/13515/alice"), Of("arn:aws:iam::123456789012:user/48163/alice"));

        Assert.Equal(first.Name, second.Name);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public void Of_SessionsOfOneRole_AreOneCaller() =>
        Assert.Equal(Of("arn:aws:sts::123456789012:assumed-role/Chat/alice"), Of("arn:aws:sts::123456789012:assumed-role/Chat/bob"));

    [Fact]
    public void Of_SameNameInAnotherAccount_IsAnotherCaller() =>
        Assert.NotEqual(Of("arn:aws:sts::123456789012:assumed-role/Chat/alice").Id,
            Of("arn:aws:sts::210987654321:assumed-role/Chat/alice").Id);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("arn:aws:iam::123456789012:")]
    public void Of_NoPrincipal_IsNull(string? arn) => Assert.Null(IamCaller.Of(new IamIdentity(arn, Account, "AIDA")));

    private static Caller Of(string arn) => IamCaller.Of(new IamIdentity(arn, arn.Split(':')[4], "AIDA"))!;
}
