using System.Globalization;
using System.Text.Json.Nodes;

namespace LambdaChat.Local.Lambda;

/// <summary>
/// Emulates SnapStart without a snapshot. The request that ends init waits for the restore. The container endpoint returns invalid
/// credentials before the restore, so that a function that keeps them fails.
/// Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
/// </summary>
internal sealed class SnapshotApi(IReadOnlyDictionary<string, string> variables)
{
    public const string CredentialsPath = "/2021-04-23/credentials";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly TaskCompletionSource _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _restored = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _token = Guid.NewGuid().ToString();

    /// <summary>Completes when the function has ended its init.</summary>
    public Task Initialized => _initialized.Task;

    /// <summary>Number of credential requests after the restore.</summary>
    public int Fetches { get; private set; }

    public void Restore() => _restored.TrySetResult();

    /// <summary>Replaces the credential variables with the address of the container endpoint.</summary>
    public void SetVariables(IDictionary<string, string?> environment, string authority)
    {
        foreach (var name in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
        {
            environment.Remove(name);
        }

        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start";
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = $"http://{authority}{CredentialsPath}";
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = _token;
    }

    public async Task NextAsync(HttpContext context)
    {
        _initialized.TrySetResult();
        await _restored.Task.WaitAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("{}");
    }

    public Task CredentialsAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != _token || !variables.ContainsKey("AWS_ACCESS_KEY_ID"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        var isRestored = _restored.Task.IsCompleted;
        Fetches += isRestored ? 1 : 0;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject
        {
            ["AccessKeyId"] = isRestored ? variables["AWS_ACCESS_KEY_ID"] : "BEFORETHESNAPSHOT",
            ["SecretAccessKey"] = variables["AWS_SECRET_ACCESS_KEY"],
            ["Token"] = variables["AWS_SESSION_TOKEN"],
            ["Expiration"] = (DateTimeOffset.UtcNow + Lifetime).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        }.ToJsonString());
    }
}
