using LambdaChat.Configuration;

namespace LambdaChat.Upstream;

/// <summary>
/// The address of SageMaker's runtime API. Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html. Variables that override
/// it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
/// </summary>
internal static class SageMakerEndpoint
{
    /// <summary>The base address for a region, without a path.</summary>
    public static Uri Of(string region) =>
        Override("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME") ?? Override("AWS_ENDPOINT_URL") ??
        new Uri($"https://runtime{(UsesFips ? "-fips" : "")}.sagemaker.{region}.{Suffix(region)}");

    /// <summary>Validates the overrides at start, so that the first request does not fail on one.</summary>
    /// <exception cref="ConfigurationException">One of the two variables is not an HTTP address.</exception>
    public static void CheckOverrides()
    {
        Override("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME");
        Override("AWS_ENDPOINT_URL");
    }

    private static bool UsesFips =>
        string.Equals(Environment.GetEnvironmentVariable("AWS_USE_FIPS_ENDPOINT"), "true", StringComparison.OrdinalIgnoreCase);

    private static Uri? Override(string variable) =>
        SettingReader.ParseAddress(Environment.GetEnvironmentVariable(variable), variable, "https://host");

    private static string Suffix(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "amazonaws.com.cn",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "amazonaws.eu",
        _ when region.StartsWith("us-iso-", StringComparison.Ordinal) => "c2s.ic.gov",
        _ when region.StartsWith("us-isob-", StringComparison.Ordinal) => "sc2s.sgov.gov",
        _ => "amazonaws.com",
    };
}
