using LambdaChat.Errors;

namespace LambdaChat.SageMaker;

/// <summary>No AWS credentials could be had.</summary>
/// <param name="innerException">Why; its message may name an account.</param>
internal sealed class CredentialsException(Exception innerException) : Exception("No AWS credentials could be had.", innerException)
{
    /// <summary>What to tell the caller.</summary>
    public RelayError Error { get; init; } = RelayError.NoCredentials;

    /// <summary>What AWS called it, for the log.</summary>
    public string? Detail { get; init; }
}
