namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>The only credentials that the emulator accepts. They are valid nowhere else.</summary>
internal sealed record EmulatorCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken)
{
    public static EmulatorCredentials Default { get; } = new(
        "LOCALSTANDINACCESSKEY", "local-stand-in-secret-access-key", "local-stand-in-session-token");
}
