using LambdaChat.Local.Lambda;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The variables that Lambda documents. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html</summary>
public sealed class EnvironmentVariablesTests
{
    // PATH and LD_LIBRARY_PATH are those of this machine. _X_AMZN_TRACE_ID is set by runtimes. Nothing reads the variables of X-Ray.
    private static readonly string[] Documented =
    [
        "_HANDLER", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR", "TZ", "LANG", "AWS_LAMBDA_LOG_FORMAT",
    ];

    [Fact]
    public async Task Set_Function_HasAllThatLambdaSets()
    {
        var environment = await SetAsync(options => options);

        Assert.Empty(Documented.Except(environment.Keys));
        Assert.Equal(
            ("Text", "on-demand", "us-east-1", "LambdaChat"),
            (environment["AWS_LAMBDA_LOG_FORMAT"], environment["AWS_LAMBDA_INITIALIZATION_TYPE"], environment["AWS_DEFAULT_REGION"],
                environment["_HANDLER"]));
        Assert.False(environment.ContainsKey("AWS_LAMBDA_LOG_LEVEL") || environment.ContainsKey("AWS_LAMBDA_MAX_CONCURRENCY"));
    }

    [Fact]
    public async Task Set_ManagedInstance_HasTheLogFormatJson()
    {
        var environment = await SetAsync(options => options with { Concurrency = 2 });

        Assert.Equal(
            ("JSON", "INFO", "lambda-managed-instances", "2"),
            (environment["AWS_LAMBDA_LOG_FORMAT"], environment["AWS_LAMBDA_LOG_LEVEL"], environment["AWS_LAMBDA_INITIALIZATION_TYPE"],
                environment["AWS_LAMBDA_MAX_CONCURRENCY"]));
    }

    [Fact]
    public async Task Set_SnapStart_HasNoCredentials()
    {
        var environment = await SetAsync(options => options with { IsSnapStart = true });

        Assert.Equal("snap-start", environment["AWS_LAMBDA_INITIALIZATION_TYPE"]);
        Assert.False(environment.ContainsKey("AWS_ACCESS_KEY_ID"));
    }

    private static async Task<Dictionary<string, string?>> SetAsync(Func<LambdaOptions, LambdaOptions> configure)
    {
        var variables = FunctionFixture.Variables(new Uri("http://127.0.0.1:9"));
        var options = configure(new LambdaOptions { FunctionPath = FunctionFixture.FunctionPath, Variables = variables });
        await using var server = await RuntimeApiServer.StartAsync(options);
        var environment = new Dictionary<string, string?>();
        EnvironmentVariables.Set(environment, options, server);
        return environment;
    }
}
