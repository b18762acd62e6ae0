using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.FunctionalTests.SageMaker;

/// <summary>Signs requests and tokens like SageMaker's clients. Parameters introduce errors.</summary>
internal static class Signer
{
    public static string Token(
        EmulatorCredentials? credentials =
            null, string action =
                "CallWithBearerToken", string service =
                    "sagemaker", int lifetime = 900, TimeSpan age = default, Func<string, string>? edit = null)
    {
        var signing = credentials ?? EmulatorCredentials.Default;
        var time = DateTime.UtcNow - age;
        var scope = string.Create(CultureInfo.InvariantCulture, $"{signing.AccessKeyId}/{time:yyyyMMdd}/us-east-1/{service}/aws4_request");
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"Action={action}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={WebUtility.UrlEncode(scope)}&X-Amz-Date={time:yyyyMMdd'T'HHmmss'Z'}&X-Amz-Expires={lifetime}&X-Amz-Security-Token={signing.SessionToken}&X-Amz-SignedHeaders=host");
        var signature = Signature(signing, time, service, "host", $"POST\n/\n{query}\nhost:sagemaker.amazonaws.com\n\nhost\n{Hash("")}");
        var url = $"sagemaker.amazonaws.com/?{query}&X-Amz-Signature={signature}&Version=1";
        return "sagemaker-api-key-" + Convert.ToBase64String(Encoding.UTF8.GetBytes(edit?.Invoke(url) ?? url));
    }

    public static void Sign(HttpRequestMessage message, string body)
    {
        var (credentials, time) = (EmulatorCredentials.Default, DateTime.UtcNow);
        var headers = new SortedDictionary<string, string>
        {
            ["host"] = message.Headers.Host!,
            ["x-amz-content-sha256"] = Hash(body),
            ["x-amz-date"] = time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            ["x-amz-security-token"] = credentials.SessionToken,
        };
        foreach (var (name, value) in headers.Skip(1))
        {
            message.Headers.Add(name, value);
        }

        var signed = string.Join(';', headers.Keys);
        var canonical =
            $"POST\n/{message.RequestUri}\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{signed}\n{Hash(body)}";
        var scope = string.Create(
            CultureInfo.InvariantCulture, $"{credentials.AccessKeyId}/{time:yyyyMMdd}/us-east-1/sagemaker/aws4_request");
        message.Headers.TryAddWithoutValidation(
            "Authorization",
                $"AWS4-HMAC-SHA256 " +
                    $"Credential={scope}, SignedHeaders={signed}, Signature={Signature(credentials, time, "sagemaker", signed, canonical)}");
    }

    private static string Signature(
        EmulatorCredentials credentials, DateTime time, string service, string signedHeaders, string canonicalRequest) =>
        AWS4Signer.ComputeSignature(
            new ImmutableCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken), "us-east-1", time,
                service, signedHeaders, canonicalRequest).Signature;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
