using System.Globalization;

namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>The signature of a request, from the <c>Authorization</c> header or, for a presigned request, from the query.</summary>
/// <param name="Lifetime">How long a presigned request is valid; null for a header.</param>
internal sealed record RequestSignature(
    CredentialScope Scope, string SignedHeaders, string Signature, string SessionToken, TimeSpan? Lifetime)
{
    /// <summary>The parameter of a presigned request that is not signed.</summary>
    public const string QueryName = "X-Amz-Signature";

    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string TokenName = "X-Amz-Security-Token";
    public const string LifetimeName = "X-Amz-Expires";

    private static readonly TimeSpan MaximumLifetime = TimeSpan.FromDays(7);

    /// <summary>Parses <c>Credential=ID/date/region/service/aws4_request, SignedHeaders=a;b, Signature=hex</c>.</summary>
    public static RequestSignature? ParseHeader(string header, string sessionToken)
    {
        if (!header.StartsWith($"{Algorithm} ", StringComparison.Ordinal))
        {
            return null;
        }

        var values = header[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(static part => part.Split('=', 2))
            .Where(static pair => pair.Length == 2)
            .ToLookup(static pair => pair[0], static pair => pair[1]);
        return Create(
            values["Credential"].FirstOrDefault(), values["SignedHeaders"].FirstOrDefault(), values["Signature"].FirstOrDefault(),
            sessionToken, lifetime: null);
    }

    /// <summary>Parses the parameters of a presigned request.</summary>
    public static RequestSignature? ParseQuery(IQueryCollection query) =>
        query["X-Amz-Algorithm"] == Algorithm && ParseLifetime(query[LifetimeName]) is { } lifetime
            ? Create(query["X-Amz-Credential"], query["X-Amz-SignedHeaders"], query[QueryName], query[TokenName].ToString(), lifetime)
            : null;

    private static RequestSignature? Create(
        string? credential, string? signedHeaders, string? signature, string sessionToken, TimeSpan? lifetime) =>
        CredentialScope.Parse(credential ?? "") is { } scope && signedHeaders is not null && signature is not null
            ? new RequestSignature(scope, signedHeaders, signature, sessionToken, lifetime)
            : null;

    private static TimeSpan? ParseLifetime(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && TimeSpan.FromSeconds(seconds) is var lifetime && lifetime > TimeSpan.Zero && lifetime <= MaximumLifetime
            ? lifetime
            : null;
}
