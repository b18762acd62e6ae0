namespace LambdaChat.Local.SageMaker.Signing;

/// <summary>The <c>Credential</c> of a signature: <c>ACCESS_KEY_ID/yyyyMMdd/REGION/SERVICE/aws4_request</c>.</summary>
internal sealed record CredentialScope(string AccessKeyId, string Date, string Region, string Service)
{
    public static CredentialScope? Parse(string text) =>
        text.Split('/') is [var id, var date, var region, var service, "aws4_request"]
            ? new CredentialScope(id, date, region, service)
            : null;
}
