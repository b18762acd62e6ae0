using System.Buffers;

namespace LambdaChat.Models;

/// <summary>
/// The formats of names in AWS. Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html,
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// </summary>
internal static class AwsNames
{
    public const string ResourceNameExpectation = "must be 1 to 63 letters, digits and inner hyphens";
    public const string RoleArnExpectation = "must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME";

    private const int MaximumNameLength = 63;
    private const int MaximumArnLength = 2048;
    private const int AccountLength = 12;

    private static readonly SearchValues<char> RoleCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@/-");

    /// <summary>True for the name of an endpoint, inference component, variant or region.</summary>
    public static bool IsResourceName(string value)
    {
        // A loop: the code that searches for sets of characters would be compiled at every start.
        foreach (var character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '-')
            {
                return false;
            }
        }

        return value.Length is > 0 and <= MaximumNameLength && value[0] != '-' && value[^1] != '-';
    }

    /// <summary>True for the ARN of a role: <c>arn:PARTITION:iam::ACCOUNT:role/PATH/NAME</c>.</summary>
    public static bool IsRoleArn(string value) =>
        value.Length <= MaximumArnLength &&
        value.Split(':') is ["arn", var partition, "iam", "", { Length: AccountLength } account, var resource] &&
        partition.StartsWith("aws", StringComparison.Ordinal) && partition.All(c => char.IsAsciiLetterLower(c) || c == '-') &&
        account.All(char.IsAsciiDigit) &&
        resource.StartsWith("role/", StringComparison.Ordinal) && resource.Length > "role/".Length && !resource.EndsWith('/') &&
        !resource.AsSpan().ContainsAnyExcept(RoleCharacters);
}
