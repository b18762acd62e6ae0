using System.Globalization;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// The environment variables that Lambda sets, and those of the function.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
/// </summary>
internal static class EnvironmentVariables
{
    public static void Set(IDictionary<string, string?> environment, LambdaOptions options, RuntimeApiServer runtimeApi)
    {
        environment["AWS_LAMBDA_RUNTIME_API"] = runtimeApi.Authority;
        environment["AWS_LAMBDA_FUNCTION_NAME"] = "lambdachat-local";
        environment["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
        environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = options.MemorySize.ToString(CultureInfo.InvariantCulture);
        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
        environment["AWS_EXECUTION_ENV"] = "AWS_Lambda_dotnet10";
        environment["LAMBDA_TASK_ROOT"] = Path.GetFullPath(options.FunctionPath);
        environment["TZ"] = ":UTC";
        environment["LAMBDACHAT_EMULATOR"] = "true";
        environment.Remove("AWS_SAM_LOCAL");
        if (options.IsSamLocal)
        {
            environment["AWS_SAM_LOCAL"] = "true";
        }

        environment.Remove("AWS_LAMBDA_MAX_CONCURRENCY");
        if (options.Concurrency > 1)
        {
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = options.Concurrency.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in options.Variables)
        {
            environment[name] = value;
        }

        if (options.IsSnapStart)
        {
            runtimeApi.Snapshot.SetVariables(environment, runtimeApi.Authority);
        }
    }
}
