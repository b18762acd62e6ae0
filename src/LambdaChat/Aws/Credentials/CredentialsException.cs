using LambdaChat.Failures;

namespace LambdaChat.Aws.Credentials;

/// <summary>No AWS credentials could be had.</summary>
/// <param name="innerException">Why; its message may name an account.</param>
internal sealed class CredentialsException(Exception innerException) : Exception("No AWS credentials could be had.", innerException)
{
    /// <summary>What to tell the caller.</summary>
    public FailureKind Error { get; init; } = FailureKind.NoCredentials;

    /// <summary>What AWS called it, for the log.</summary>
    public string? Detail { get; init; }
}
