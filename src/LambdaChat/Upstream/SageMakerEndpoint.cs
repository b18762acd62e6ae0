using LambdaChat.Configuration;

namespace LambdaChat.Upstream;

/// <summary>
/// Where SageMaker's runtime answers. Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html; the two variables that
/// override it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
/// </summary>
internal static class SageMakerEndpoint
{
    /// <summary>The base address for a region, without a path.</summary>
    public static Uri Of(string region) =>
        Override("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME") ?? Override("AWS_ENDPOINT_URL") ??
        new Uri($"https://runtime{(UsesFips ? "-fips" : "")}.sagemaker.{region}.{Suffix(region)}");

    /// <summary>At start: an override that is no address would be found out by the first request only.</summary>
    /// <exception cref="ConfigurationException">One of the two variables is no address.</exception>
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
