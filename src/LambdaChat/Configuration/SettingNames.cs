namespace LambdaChat.Configuration;

/// <summary>The names of the settings, to find wrong ones in the file. The environment also has variables of other programs.</summary>
internal static class SettingNames
{
    /// <summary>The function's own settings. Names ignore case, as in all sources.</summary>
    public static readonly string[] Own =
    [
        "API_KEYS", "API_KEYS_PARAMETER", "API_KEYS_SECRET", "CORS_ORIGINS", "ERROR_TRAILERS", "FLUSH_COMMENT_MS", "HEADERS_SECONDS",
        "HEARTBEAT_SECONDS", "HOLD_SECONDS", "IAM_ACCESS", "JWT_AUDIENCE", "JWT_CLAIM", "JWT_ISSUER", "JWT_SCOPE", "KEEP_ALIVE_SECONDS",
        "KEY_CACHE_SECONDS", "LEASE_SECONDS", "LIMITS", "LIMITS_FAILURE", "MAX_CONNECTIONS", "MAX_HEADERS", "MAX_HEADER_BYTES",
        "MAX_MESSAGES", "MAX_REQUEST_BYTES", "MAX_TEXT_BYTES", "METRICS", "MODELS", "OPEN_ACCESS", "ORIGIN_SECRET", "PAGE_EXAMPLES",
        "PAGE_LOGO", "PAGE_TITLE", "REHEARSAL", "REPLY_LEASE_SECONDS", "REPLY_SECONDS", "RETRY_SECONDS", "SECRET_SECONDS", "STORE",
        "TABLE", "URLS", "WHOLE_REPLY_HEARTBEAT",
    ];

    /// <summary>Settings of earlier versions. Ignoring one of them would change what the function does.</summary>
    public static readonly (string Old, string New)[] Renamed = [("STORE_FAILURE", "LIMITS_FAILURE")];

    // Lambda and the secrets extension, which also reads its port, set or read these only in the environment.
    private static readonly string[] EnvironmentOnly =
        ["AWS_EXECUTION_ENV", "AWS_SAM_LOCAL", "LAMBDACHAT_EMULATOR", "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"];

    /// <summary>True for settings that the AWS SDK reads too, and only in the environment.</summary>
    public static bool IsAwsSetting(string name) => HasPrefix(name, "AWS_");

    /// <summary>True for variables that describe the environment. In another source they have no effect, or only a part of it.</summary>
    public static bool IsEnvironmentOnly(string name) =>
        EnvironmentOnly.Contains(name, StringComparer.OrdinalIgnoreCase)
        || (HasPrefix(name, "AWS_LAMBDA_") && !name.Equals("AWS_LAMBDA_LOG_LEVEL", StringComparison.OrdinalIgnoreCase));

    /// <summary>True for a setting of the function, the AWS SDK or OpenTelemetry's SDK.</summary>
    public static bool IsKnown(string name) =>
        IsAwsSetting(name) || HasPrefix(name, "OTEL_") || Own.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool HasPrefix(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
