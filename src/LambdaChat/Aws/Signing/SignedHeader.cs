namespace LambdaChat.Aws.Signing;

/// <summary>A header that a signature covers.</summary>
/// <param name="Name">In lower case.</param>
internal sealed record SignedHeader(string Name, string Value);
