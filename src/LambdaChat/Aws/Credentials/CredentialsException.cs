namespace LambdaChat.Aws.Credentials;

/// <summary>No AWS credentials are available.</summary>
/// <param name="innerException">The cause. Its message may contain an account id.</param>
internal sealed class CredentialsException(Exception innerException) : Exception("No AWS credentials are available.", innerException)
{
    public CredentialsProblem Problem { get; init; }

    /// <summary>AWS's name of the error, for the log; null if there is none.</summary>
    public string? Detail { get; init; }
}

/// <summary>The reason why there are no credentials.</summary>
internal enum CredentialsProblem
{
    /// <summary>No source has credentials.</summary>
    NotFound,

    /// <summary>STS refuses the role.</summary>
    RoleDenied,

    /// <summary>STS cannot be reached.</summary>
    Unreachable,
}
