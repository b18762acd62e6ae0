using System.Text.Json.Nodes;

namespace LambdaChat.Local.SageMaker.Responses;

/// <summary>An error response of SageMaker's runtime: a JSON body, and the type in <c>x-amzn-ErrorType</c>.</summary>
internal sealed record AwsError(int Status, string Type, string Message)
{
    /// <summary>Members of the body besides the message.</summary>
    public JsonObject Members { get; init; } = [];

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = $"{Type}:http://internal.amazon.com/coral/com.amazonaws.sagemaker.runtime/";
        var body = Members.DeepClone().AsObject();
        body[nameof(Message)] = Message;
        return response.WriteAsync(body.ToJsonString());
    }

    /// <summary>SageMaker's response to an error response of the container.</summary>
    /// <param name="status">0 if the container has not responded.</param>
    /// <param name="body">The container's body, or SageMaker's own text for status 0.</param>
    public static AwsError FromContainer(int status, string body) =>
        new(
            424,
            "ModelError",
            $"Received {(status is >= 400 and < 500 ? "client" : "server")} error ({status}) from primary with message \"{body}\". " +
            "See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1" +
            "#logEventViewer:group=/aws/sagemaker/Endpoints/demo in account 111122223333 for more information.")
        {
            Members = new JsonObject
            {
                ["OriginalStatusCode"] = status,
                ["OriginalMessage"] = body,
                ["LogStreamArn"] = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/Endpoints/demo",
            },
        };
}
