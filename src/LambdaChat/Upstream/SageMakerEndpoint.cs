using LambdaChat.Configuration;

namespace LambdaChat.Upstream;

/// <summary>
/// The address of SageMaker's runtime API. Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html. Variables that override
/// it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
/// </summary>
internal static class SageMakerEndpoint
{
    /// <summary>The address of an API. A path of an override stays in front of <paramref name="path"/>, as in the AWS SDKs.</summary>
    public static Uri Of(string region, string path) =>
        (Override("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME") ?? Override("AWS_ENDPOINT_URL")) is { } address
            ? Append(address, path)
            : new Uri($"https://runtime{(UsesFips ? "-fips" : "")}.sagemaker.{region}.{Suffix(region)}{path}");

    /// <summary>Appends a path to the path of an address.</summary>
    public static Uri Append(Uri address, string path) => new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);

    /// <summary>Validates the variables at start, so that the first request does not fail on one.</summary>
    /// <exception cref="ConfigurationException">One of them is invalid.</exception>
    public static void CheckVariables()
    {
        Override("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME");
        Override("AWS_ENDPOINT_URL");
        _ = UsesFips;
    }

    private static bool UsesFips =>
        SettingReader.ParseFlag(Environment.GetEnvironmentVariable("AWS_USE_FIPS_ENDPOINT"), "AWS_USE_FIPS_ENDPOINT");

    private static Uri? Override(string variable) =>
        SettingReader.ParseAddress(Environment.GetEnvironmentVariable(variable), variable, "https://host");

    // Of the partitions that AWSSDK.Core knows.
    private static string Suffix(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "amazonaws.com.cn",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "amazonaws.eu",
        _ when region.StartsWith("us-iso-", StringComparison.Ordinal) => "c2s.ic.gov",
        _ when region.StartsWith("us-isob-", StringComparison.Ordinal) => "sc2s.sgov.gov",
        _ when region.StartsWith("eu-isoe-", StringComparison.Ordinal) => "cloud.adc-e.uk",
        _ when region.StartsWith("us-isof-", StringComparison.Ordinal) => "csp.hci.ic.gov",
        _ => "amazonaws.com",
    };
}
