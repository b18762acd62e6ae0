using System.Globalization;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The environment variables that Lambda sets, and those of the function. <c>PATH</c> and <c>LD_LIBRARY_PATH</c> remain this machine's.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html,
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
/// </summary>
internal static class EnvironmentVariables
{
    private const string FunctionName = "lambdachat-local";

    public static void Set(IDictionary<string, string?> environment, LambdaOptions options, RuntimeApiServer runtimeApi)
    {
        environment["AWS_LAMBDA_RUNTIME_API"] = runtimeApi.Authority;
        environment["AWS_LAMBDA_FUNCTION_NAME"] = FunctionName;
        environment["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
        environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = options.MemorySize.ToString(CultureInfo.InvariantCulture);
        environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_dotnet10";
        environment["_HANDLER"] = options.Handler ?? "LambdaChat";
        environment["LAMBDA_TASK_ROOT"] = Path.GetFullPath(options.FunctionPath);
        environment["LAMBDA_RUNTIME_DIR"] = "/var/runtime";
        environment["LANG"] = "en_US.UTF-8";
        environment["TZ"] = ":UTC";
        environment["LAMBDACHAT_EMULATOR"] = "true";
        var isManagedInstance = options.Concurrency > 1;
        SetLog(environment, isManagedInstance);
        environment.Remove("AWS_SAM_LOCAL");
        if (options.IsSamLocal)
        {
            environment["AWS_SAM_LOCAL"] = "true";
        }

        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = isManagedInstance ? "lambda-managed-instances" : "on-demand";
        environment.Remove("AWS_LAMBDA_MAX_CONCURRENCY");
        if (isManagedInstance)
        {
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = options.Concurrency.ToString(CultureInfo.InvariantCulture);
        }

        SetOwn(environment, options);
        if (options.IsSnapStart)
        {
            runtimeApi.Snapshot.SetVariables(environment, runtimeApi.Authority);
        }
    }

    // The template selects no log format. Lambda then sets Text, and no level. Managed Instances have JSON only.
    private static void SetLog(IDictionary<string, string?> environment, bool isManagedInstance)
    {
        environment["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{FunctionName}";
        environment["AWS_LAMBDA_LOG_STREAM_NAME"] = $"{DateTime.UtcNow:yyyy/MM/dd}/[$LATEST]{Guid.NewGuid():N}";
        environment["AWS_LAMBDA_LOG_FORMAT"] = isManagedInstance ? "JSON" : "Text";
        if (isManagedInstance)
        {
            environment.TryAdd("AWS_LAMBDA_LOG_LEVEL", "INFO");
        }
    }

    private static void SetOwn(IDictionary<string, string?> environment, LambdaOptions options)
    {
        foreach (var (name, value) in options.Variables)
        {
            environment[name] = value;
        }

        // Both have the same value on Lambda.
        if (options.Variables.TryGetValue("AWS_REGION", out var region))
        {
            environment["AWS_DEFAULT_REGION"] = region;
        }
    }
}
