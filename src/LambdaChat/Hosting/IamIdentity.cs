namespace LambdaChat.Hosting;

/// <summary>
/// The IAM principal that signed the request: a feature of requests to a function URL or a REST API method with <c>AWS_IAM</c>
/// authorization.
/// The Lambda server reads it from the event's <c>requestContext</c>, which AWS writes. A request header cannot set it.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (<c>authorizer.iam</c>) and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (<c>identity</c>).
/// </summary>
/// <param name="UserArn">The ARN of the user or of the role session.</param>
/// <param name="AccountId">The account of the principal, 12 digits.</param>
/// <param name="UserId">The unique id of the principal.</param>
internal sealed record IamIdentity(string? UserArn, string? AccountId, string? UserId);
