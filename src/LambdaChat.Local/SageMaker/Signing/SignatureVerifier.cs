using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Local.SageMaker.Responses;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>
/// The parts of Signature Version 4 that headers and presigned tokens share. AWSSDK.Core's signer computes the signature, so that a mistake
/// in the function's signer is found.
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
/// </summary>
internal sealed partial class SignatureVerifier(EmulatorCredentials credentials)
{
    private const string Service = "sagemaker";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    public static AwsError Mismatch { get; } = Error(
        "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method.");

    public static AwsError Error(string message) => new(403, "InvalidSignatureException", message);

    public static string Format(DateTimeOffset time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public static DateTime? ParseTime(string? text) =>
        DateTime.TryParseExact(
            text,
            [TimeFormat, "r"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var time)
            ? time
            : null;

    /// <summary>Checks everything but the age of the signature. Returns null if it is valid, else AWS's error.</summary>
    public AwsError? Check(
        CredentialScope scope, string sessionToken, DateTime time, string signedHeaders, string canonicalRequest, string signature)
    {
        if (scope.AccessKeyId != credentials.AccessKeyId || sessionToken != credentials.SessionToken)
        {
            return new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }

        if (scope.Service != Service)
        {
            return Error($"Credential should be scoped to correct service: '{Service}'.");
        }

        if (!RegionName().IsMatch(scope.Region))
        {
            return Error($"Credential should be scoped to a valid region, not '{scope.Region}'.");
        }

        var date = time.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (scope.Date != date)
        {
            return Error(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
                $"'{scope.Date}' != '{date}', from '{Format(time)}'.");
        }

        var expected = AWS4Signer.ComputeSignature(
            new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken),
            scope.Region,
            time,
            Service,
            signedHeaders,
            canonicalRequest).Signature;
        return signature == expected ? null : Mismatch;
    }

    // The emulator accepts every region.
    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex RegionName();
}
