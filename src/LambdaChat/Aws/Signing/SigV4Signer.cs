using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Aws.Credentials;

namespace LambdaChat.Aws.Signing;

/// <summary>
/// Signs requests with AWS Signature Version 4, including the hash of the payload. Caches the signing key of the day.
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, and for the place of the signature
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
/// </summary>
/// <param name="region">The endpoint's region.</param>
/// <param name="service">The signing name.</param>
internal sealed class SigV4Signer(string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private SigningKey? _key;

    /// <summary>Formats a time for <c>X-Amz-Date</c>.</summary>
    public static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Returns the value of the <c>Authorization</c> header.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path as sent, percent-encoded. It is encoded once more, as every service but S3 expects.</param>
    /// <param name="headers">The signed headers, including <c>host</c> and <c>x-amz-date</c>.</param>
    /// <param name="payloadHash">SHA-256 of the body, lower-case hexadecimal.</param>
    /// <param name="credentials">The signer's credentials.</param>
    /// <param name="time">The time in <c>x-amz-date</c>.</param>
    public string Sign(
        string method,
        string path,
        IEnumerable<SignedHeader> headers,
        string payloadHash,
        AwsCredentials credentials,
        DateTimeOffset time)
    {
        var sorted = new List<SignedHeader>(headers);
        sorted.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        var (names, lines) = (new StringBuilder(), new StringBuilder());
        foreach (var header in sorted)
        {
            names.Append(names.Length == 0 ? "" : ";").Append(header.Name);
            lines.Append(header.Name).Append(':').Append(Normalize(header.Value)).Append('\n');
        }

        var signedHeaders = names.ToString();
        var canonicalRequest = $"{method}\n{Encode(path)}\n\n{lines}\n{signedHeaders}\n{payloadHash}";

        var timestamp = FormatTime(time);
        var scope = Scope(timestamp);
        var signature = ComputeSignature(canonicalRequest, timestamp, scope, credentials);
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}";
    }

    /// <summary>Returns the query string of a presigned request for the path <c>/</c> without a body.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="host">The host, which is the only signed header.</param>
    /// <param name="action">The value of <c>Action</c>.</param>
    /// <param name="lifetime">The lifetime of the signature, in whole seconds.</param>
    /// <param name="credentials">The signer's credentials.</param>
    /// <param name="time">The start of the lifetime.</param>
    public string Presign(string method, string host, string action, TimeSpan lifetime, AwsCredentials credentials, DateTimeOffset time)
    {
        var timestamp = FormatTime(time);
        var scope = Scope(timestamp);
        var sessionToken = credentials.SessionToken is null
            ? ""
            : $"&X-Amz-Security-Token={Uri.EscapeDataString(credentials.SessionToken)}";

        // In the order of the canonical query, sorted by name.
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"Action={Uri.EscapeDataString(action)}&X-Amz-Algorithm={Algorithm}" +
            $"&X-Amz-Credential={Uri.EscapeDataString($"{credentials.AccessKeyId}/{scope}")}&X-Amz-Date={timestamp}" +
            $"&X-Amz-Expires={lifetime.TotalSeconds:F0}{sessionToken}&X-Amz-SignedHeaders=host");
        var canonicalRequest = $"{method}\n/\n{query}\nhost:{host}\n\nhost\n{Hash("")}";
        return $"{query}&X-Amz-Signature={ComputeSignature(canonicalRequest, timestamp, scope, credentials)}";
    }

    // "Convert sequential spaces to a single space", and none at the ends.
    private static string Normalize(string value) =>
        value is [' ', ..] or [.., ' '] || value.Contains("  ", StringComparison.Ordinal)
            ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : value;

    private static string Encode(string path) => Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string Scope(string timestamp) => $"{timestamp[..8]}/{region}/{service}/aws4_request";

    private string ComputeSignature(string canonicalRequest, string timestamp, string scope, AwsCredentials credentials)
    {
        var stringToSign = $"{Algorithm}\n{timestamp}\n{scope}\n{Hash(canonicalRequest)}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(GetKey(credentials, timestamp[..8]), Encoding.UTF8.GetBytes(stringToSign)));
    }

    private byte[] GetKey(AwsCredentials credentials, string date)
    {
        var key = _key;
        if (key is null || key.Date != date || key.Secret != credentials.SecretAccessKey)
        {
            var bytes = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
            foreach (var part in (string[])[date, region, service, "aws4_request"])
            {
                bytes = HMACSHA256.HashData(bytes, Encoding.UTF8.GetBytes(part));
            }

            _key = key = new SigningKey(date, credentials.SecretAccessKey, bytes);
        }

        return key.Bytes;
    }

    private sealed record SigningKey(string Date, string Secret, byte[] Bytes);
}

/// <summary>A header that the signature covers.</summary>
/// <param name="Name">In lower case.</param>
internal sealed record SignedHeader(string Name, string Value);
