namespace LambdaChat.Lambda.Events;

/// <summary>
/// Who signed the request, where the function URL or the method has <c>AWS_IAM</c> as its authorization. A feature of the context that is
/// set from the event's <c>requestContext</c> alone, which AWS writes; no header can claim it.
/// Sources: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads (<c>authorizer.iam</c>) and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (<c>identity</c>).
/// </summary>
/// <param name="UserArn">The principal: of a user, or of a role's session.</param>
/// <param name="AccountId">The account of the principal, 12 digits.</param>
/// <param name="UserId">The unique id of the principal.</param>
internal sealed record IamIdentity(string? UserArn, string? AccountId, string? UserId);
