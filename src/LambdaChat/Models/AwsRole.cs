using System.Buffers;

namespace LambdaChat.Models;

/// <summary>
/// The form of a role's ARN: <c>arn:PARTITION:iam::ACCOUNT:role/PATH/NAME</c>.
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// </summary>
internal static class AwsRole
{
    private const int MaximumLength = 2048;
    private const int AccountLength = 12;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@/-");

    public static bool IsArn(string value) =>
        value.Length <= MaximumLength && value.Split(':') is ["arn", var partition, "iam", "", { Length: AccountLength } account, var resource] &&
        partition.StartsWith("aws", StringComparison.Ordinal) && partition.All(c => char.IsAsciiLetterLower(c) || c == '-') && account.All(char.IsAsciiDigit) &&
        resource.StartsWith("role/", StringComparison.Ordinal) && resource.Length > "role/".Length && !resource.EndsWith('/') &&
        !resource.AsSpan().ContainsAnyExcept(NameCharacters);
}
