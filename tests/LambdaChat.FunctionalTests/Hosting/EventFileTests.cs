using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.SageMaker;
using LambdaChat.Local.SageMaker.Signing;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Hosting;

/// <summary>
/// Invokes the function with each file of <c>tests/events</c>, as <c>sam local invoke</c> does, with the variables of <c>env.json</c>
/// and the address of the emulator.
/// </summary>
public sealed class EventFileTests : IAsyncLifetime
{
    private static readonly string Directory = typeof(EventFileTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Events").Value!;

    private readonly Log _log = new();
    private SageMakerEmulator? _emulator;
    private ExecutionEnvironment? _environment;

    public async ValueTask InitializeAsync()
    {
        var options = new EmulatorOptions { Address = IPAddress.Any, Pace = 0 };
        _emulator = await SageMakerEmulator.StartAsync(options, new ScriptedServer(TimeProvider.System));
        _environment = await ExecutionEnvironment.StartAsync(
            new LambdaOptions
            {
                FunctionPath = FunctionFixture.FunctionPath,
                Variables = Variables(_emulator.Address),
                IsSamLocal = true,
                Log = _log.Write,
                InitTimeout = TimeSpan.FromMinutes(1), // For a busy machine.
            },
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _environment!.DisposeAsync();
        await _emulator!.DisposeAsync();
    }

    // The local front end is a function URL's. It ignores the multi-value headers of a response to a REST API.
    [Theory]
    [InlineData("chat-streamed.json", 200, "text/event-stream", "data: {\"id\":", "data: [DONE]\n\n")]
    [InlineData("chat-whole.json", 200, "application/json", "{\"id\":", "}")]
    [InlineData("models.json", 200, "application/json", "{\"object\":\"list\",\"data\":[{\"id\":\"r1\",", "]}")]
    [InlineData("bad-key.json", 401, "application/json", "{\"error\":{", "\"code\":\"invalid_api_key\"}}")]
    [InlineData("rest.json", 200, null, "data: {\"id\":", "data: [DONE]\n\n")]
    public async Task Event_UnderSamLocal_HasABufferedResponse(string file, int status, string? contentType, string start, string end)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var payload = await File.ReadAllBytesAsync(Path.Combine(Directory, file), TestContext.Current.CancellationToken);

        var outcome = await _environment!.InvokeAsync(new PendingInvocation(context, payload, DateTimeOffset.UtcNow.AddMinutes(1)));

        var text = Encoding.UTF8.GetString(body.ToArray());
        Assert.Null(outcome.ErrorType);
        Assert.Equal((status, contentType), (context.Response.StatusCode, context.Response.ContentType?.Split(';')[0]));
        Assert.StartsWith(start, text);
        Assert.EndsWith(end, text);
    }

    [Fact]
    public void EveryEvent_IsTested()
    {
        var files = System.IO.Directory.GetFiles(Directory, "*.json").Select(Path.GetFileName);

        Assert.Equal(["bad-key.json", "chat-streamed.json", "chat-whole.json", "env.json", "models.json", "rest.json"], files.Order());
    }

    // The emulator listens on all addresses. 127.0.0.2 reaches it only because of that.
    private static Dictionary<string, string> Variables(Uri emulator)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Directory, "env.json")));
        return new Dictionary<string, string>(file.RootElement.GetProperty("Function").EnumerateObject()
            .Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)))
        {
            ["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = $"http://127.0.0.2:{emulator.Port}",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_ACCESS_KEY_ID"] = EmulatorCredentials.Default.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = EmulatorCredentials.Default.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = EmulatorCredentials.Default.SessionToken,
        };
    }
}
