namespace LambdaChat.Local.SageMaker;

/// <summary>The credentials that the stand-in accepts. They open nothing else, so they may stand here.</summary>
internal sealed record EmulatorCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken)
{
    public static EmulatorCredentials Default { get; } = new("LOCALSTANDINACCESSKEY", "local-stand-in-secret-access-key", "local-stand-in-session-token");
}
