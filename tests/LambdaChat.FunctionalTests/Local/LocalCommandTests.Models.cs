using System.Net;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.FunctionalTests.Support;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The models of the user: on a model server, and in variables.</summary>
public sealed partial class LocalCommandTests
{
    [Fact]
    public async Task Run_OpenAIServer_ReceivesServedNameAndKey()
    {
        await using var server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        var asked = new TaskCompletionSource<(string Key, string Body)>();
        server.MapPost("/v1/chat/completions", async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            asked.SetResult((context.Request.Headers.Authorization.ToString(), await body.ReadToEndAsync(context.RequestAborted)));
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        });
        await server.ListenAsync(IPAddress.Loopback, port: 0);
        var local = Start("--openai", $"{server.UrlToCall()}v1", "--openai-key=sk-upstream", "--model=mine", "--served-name", "qwen3:8b");
        using var client = await ReadClientAsync();
        Assert.Equal("Hi", Reply.Join(await Reply.ReadAsync(client, Reply.Request(members: """{"model":"mine"}"""))).Content);

        var (key, body) = await asked.Task;
        Assert.Equal("Bearer sk-upstream", key);
        Assert.Contains("\"model\":\"qwen3:8b\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain(_lines, line => line.Contains("sk-upstream", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OpenAIServerUnreachable_PrintsAddress()
    {
        var local = Start("--openai", "http://127.0.0.1:9/v1", "--served-name", "deepseek-r1");
        using var client = await ReadClientAsync();
        var (status, body) = await Reply.AskAsync(client, Reply.Request());

        Assert.Equal(503, status);
        Assert.DoesNotContain("[link]", body, StringComparison.Ordinal);
        await _log.WaitForAsync("The model server http://127.0.0.1:9/v1 is unreachable: ");
    }

    [Fact]
    public async Task Run_OpenAIServerWithOneModel_UsesItsName()
    {
        await using var server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        var asked = new TaskCompletionSource<string>();
        server.MapGet("/v1/models", context => context.Response.WriteAsync("""{"object":"list","data":[{"id":"qwen3:8b"}]}"""));
        server.MapPost("/v1/chat/completions", async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            asked.SetResult(await body.ReadToEndAsync(context.RequestAborted));
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        });
        await server.ListenAsync(IPAddress.Loopback, port: 0);
        Start("--openai", $"{server.UrlToCall()}v1");
        using var client = await ReadClientAsync();

        var reply = Reply.Join(await Reply.ReadAsync(client, Reply.Request(members: """{"model":"qwen3:8b"}""")));

        Assert.Equal("Hi", reply.Content);
        Assert.Contains("\"model\":\"qwen3:8b\"", await asked.Task, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "v1", """{"data":[{"id":"qwen3"},{"id":"llama3"}]}""",
        "{0}v1/models lists several models. Set --served-name to one of qwen3, llama3.")]
    [InlineData(
        "v1", """{"data":null}""", "{0}v1/models lists no model. Set --served-name to the name of the model on this server.")]
    [InlineData(
        "", "", "GET {0}models answered 404. The address of most model servers ends with /v1: --openai {0}v1.")]
    [InlineData(
        "v2/v1", "", "GET {0}v2/v1/models answered 404. Set --served-name to the name of the model on this server.")]
    public async Task Run_OpenAIServerWithoutOneModel_PrintsWhatToSet(string path, string models, string message)
    {
        await using var server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        server.MapGet("/v1/models", context => context.Response.WriteAsync(models));
        await server.ListenAsync(IPAddress.Loopback, port: 0);

        var local = Start("--openai", $"{server.UrlToCall()}{path}");

        Assert.Equal(1, await local.Exited.InTimeAsync());
        await _log.WaitForAsync(message.Replace("{0}", server.UrlToCall().ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OpenAIServerStopped_PrintsWhatToDo()
    {
        var local = Start("--openai", "http://127.0.0.1:9/v1");

        Assert.Equal(1, await local.Exited.InTimeAsync());
        await _log.WaitForAsync("The model server http://127.0.0.1:9/v1 is unreachable: ", "Start it first, or set --served-name.");
    }

    [Fact]
    public async Task Run_OpenAIAddressWithoutVersion_LogsTheAddressOfA404()
    {
        await using var server = LoopbackServer.Create(IPAddress.Loopback, port: 0);
        await server.ListenAsync(IPAddress.Loopback, port: 0);
        var url = server.UrlToCall();
        Start("--openai", url.ToString(), "--model=m", "--served-name=m");
        using var client = await ReadClientAsync();

        await Reply.AskAsync(client, Reply.Request(members: """{"model":"m"}"""));

        await _log.WaitForAsync(
            $"The model server answered 404 to POST {url}chat/completions. " +
            $"The address of most model servers ends with /v1: --openai {url}v1.");
    }

    [Fact]
    public async Task Run_OwnModelsAndKeys_AreUsed()
    {
        _variables["MODELS"] = """[{"name":"small","endpoint":"a"},{"name":"large","endpoint":"b"}]""";
        _variables["API_KEYS"] = $"alice={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("sk-alice")))}";
        Start();
        using var client = await ReadClientAsync();

        var events = await Reply.ReadAsync(client, Reply.Request("""{"tokens":1}""", """{"model":"large"}"""));
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk-alice");
        var models = await client.GetStringAsync("v1/models", TestContext.Current.CancellationToken);

        Assert.Equal("[DONE]", events[^1]);
        Assert.Contains("\"small\"", models, StringComparison.Ordinal);
        Assert.DoesNotContain("deepseek-r1", models, StringComparison.Ordinal);
        await _log.WaitForAsync("-d '{\"model\":\"small\",");
    }

    [Theory]
    [InlineData("MODELS", "[]", "--model cannot be combined with the variable MODELS.")]
    [InlineData("API_KEYS", "@keys.txt", "API_KEYS must contain the entries here, and not the name of a file.")]
    public async Task Run_OwnVariableThatConflicts_PrintsError(string name, string value, string message)
    {
        _variables[name] = value;
        var local = Start("--model", "m");

        Assert.Equal(1, await local.Exited.InTimeAsync());
        await _log.WaitForAsync(message);
    }

    /// <summary>The function names the fault.</summary>
    [Fact]
    public async Task Run_OwnModelsWithAFieldTwice_PrintsErrorOfFunction()
    {
        _variables["MODELS"] = """[{"name":"a","name":"b","endpoint":"c"}]""";
        var local = Start();

        Assert.Equal(1, await local.Exited.InTimeAsync());
        await _log.WaitForAsync("The function failed to start: MODELS entry 0: name appears twice.");
    }

    [Fact]
    public async Task Run_RejectedRequest_LogsMethodPathStatusAndCode()
    {
        Start();
        using var client = await ReadClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk-wrong");
        using var chat = new StringContent("secret", Encoding.UTF8, "application/json");
        using var message = new StringContent("secret", Encoding.UTF8, "application/json");

        await client.PostAsync("v1/chat/completions?user=secret", chat, TestContext.Current.CancellationToken);
        await client.PostAsync("v1/messages", message, TestContext.Current.CancellationToken);
        await client.GetAsync("v1/no%1bwhere", TestContext.Current.CancellationToken);
        await client.GetAsync("", TestContext.Current.CancellationToken);

        Assert.Matches(@"^[\d:.]{12} WARN  401 POST /v1/chat/completions invalid_api_key$", await _log.WaitForAsync(" 401 POST /v1/chat"));
        Assert.EndsWith("/v1/messages authentication_error", await _log.WaitForAsync(" 401 POST /v1/messages"), StringComparison.Ordinal);
        Assert.EndsWith("/v1/no%1Bwhere invalid_api_key", await _log.WaitForAsync(" 401 GET "), StringComparison.Ordinal);
        Assert.DoesNotContain(_lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, line => line.Contains("sk-wrong", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, line => line.StartsWith("REPORT", StringComparison.Ordinal));
    }
}
