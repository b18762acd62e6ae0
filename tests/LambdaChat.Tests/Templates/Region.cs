namespace LambdaChat.Tests.Templates;

/// <summary>
/// The values of the pseudo parameters in a Region.
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
/// </summary>
internal sealed record Region(string Name)
{
    public const string Account = "123456789012";
    public const string Stack = "lambdachat";

    public bool IsChina => Name.StartsWith("cn-", StringComparison.Ordinal);

    public string Partition => IsChina ? "aws-cn" : Name.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    public string Suffix => IsChina ? "amazonaws.com.cn" : "amazonaws.com";

    public string? Pseudo(string name) => name switch
    {
        "AWS::Region" => Name,
        "AWS::Partition" => Partition,
        "AWS::URLSuffix" => Suffix,
        "AWS::AccountId" => Account,
        "AWS::StackName" => Stack,
        "AWS::StackId" => $"arn:{Partition}:cloudformation:{Name}:{Account}:stack/{Stack}/11111111-2222-3333-4444-555555555555",
        _ => null,
    };
}
