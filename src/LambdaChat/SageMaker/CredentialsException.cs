namespace LambdaChat.SageMaker;

/// <summary>No AWS credentials could be had.</summary>
internal sealed class CredentialsException(Exception innerException)
    : Exception("No AWS credentials could be had.", innerException);
