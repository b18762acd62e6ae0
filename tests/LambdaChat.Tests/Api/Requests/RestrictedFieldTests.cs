using System.Text;
using LambdaChat.Api.Requests;
using LambdaChat.Http;
using LambdaChat.Models;
using LambdaChat.Tests.Fuzzing.Requests;

namespace LambdaChat.Tests.Api.Requests;

/// <summary>Request fields that choose an adapter, a session, a host, an instance or a place in the queue of the model server.</summary>
public sealed class RestrictedFieldTests
{
    private const ModelTasks Generated = ModelTasks.Chat | ModelTasks.Completions;
    private const ModelTasks All = Generated | ModelTasks.Embeddings | ModelTasks.Rerank | ModelTasks.Score;

    private static readonly Model Plain = new("r1", [new Target("e", InferenceComponent: null, Variant: null, "eu-west-1")], "");

    public static TheoryData<string> Names { get; } = [.. RestrictedFields.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Field_OfEachTask_IsRefusedUnlessTheModelAllowsIt(string name)
    {
        var tasks = name == RestrictedFields.Inputs ? Generated : All;
        foreach (var task in Enum.GetValues<ModelTasks>().Where(task => task != ModelTasks.None))
        {
            var error = Find($$"""{"{{name}}":1}""", Plain, task);
            Assert.Equal(
                tasks.HasFlag(task) ? $"400 unsupported_parameter {name}" : null,
                error is null ? null : $"{error.Status} {error.Code} {error.Param}");
            Assert.Null(Find($$"""{"{{name}}":[{"id":1}]}""", Plain with { AllowedFields = [name] }, task));
            Assert.Null(Find($$"""{"{{name}}":null}""", Plain, task));
            Assert.Null(Find($$"""{"{{name}}":[ ]}""", Plain, task));
        }
    }

    /// <summary>The defaults of the servers choose nothing. Servers read false as 0 where they expect a number.</summary>
    [Theory]
    [InlineData("\"id_slot\":-1", true)]
    [InlineData("\"id_slot\":0", false)]
    [InlineData("\"id_slot\":false", false)]
    [InlineData("\"id_slot\":\"-1\"", false)]
    [InlineData("\"priority\":0", true)]
    [InlineData("\"priority\":0.0", true)]
    [InlineData("\"priority\":-1", false)]
    [InlineData("\"data_parallel_rank\":0", false)]
    [InlineData("\"data_parallel_rank\":-1", false)]
    [InlineData("\"data_parallel_rank\":false", false)]
    [InlineData("\"kv_transfer_params\":false", true)]
    [InlineData("\"kv_transfer_params\":true", false)]
    [InlineData("\"lora\":[]", true)]
    [InlineData("\"lora\":[0]", false)]
    [InlineData("\"lora_path\":\"\"", false)]
    [InlineData("\"vllm_xargs\":{\"priority\":0,\"kv_transfer_params\":[]}", true)]
    public void Field_ThatChoosesNothing_IsAccepted(string member, bool isAccepted) =>
        Assert.Equal(isAccepted, Find($"{{{member}}}", Plain, ModelTasks.Chat) is null);

    /// <summary>vLLM reads some of the fields of its extensions.</summary>
    [Theory]
    [InlineData("""{"vllm_xargs":{"kv_transfer_params":"x"}}""", "vllm_xargs.kv_transfer_params")]
    [InlineData("""{"vllm_xargs":{"session_id":"a"}}""", "vllm_xargs.session_id")]
    [InlineData("""{"\u006cora_path":"x"}""", "lora_path")]
    [InlineData("""{"vllm_xargs":{"ngram_size":30,"whitelist_token_ids":[1]}}""", null)]
    [InlineData("""{"vllm_xargs":[]}""", null)]
    public void Field_InAnotherForm_IsFound(string json, string? param)
    {
        Assert.Equal(param, Find(json, Plain, ModelTasks.Chat)?.Param);
        Assert.Null(Find(json, Plain with { AllowedFields = RestrictedFields.Names }, ModelTasks.Chat));
    }

    // Fields of honest clients: they choose nothing that other callers have.
    [Theory]
    [InlineData("user")]
    [InlineData("metadata")]
    [InlineData("cache_salt")]
    [InlineData("prompt_cache_key")]
    [InlineData("service_tier")]
    [InlineData("safety_identifier")]
    [InlineData("chat_template_kwargs")]
    [InlineData("custom_params")]
    [InlineData("conversation_params")]
    public void Field_OfAClient_IsAccepted(string name) => Assert.Null(Find($$"""{"{{name}}":"x"}""", Plain, ModelTasks.Chat));

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]", true)]
    [InlineData("/v1/completions", "\"prompt\":\"a\"", true)]
    [InlineData("/v1/embeddings", "\"input\":\"a\"", true)]
    [InlineData("/v1/responses", "\"input\":\"a\"", false)] // Only fields that the function knows reach the model.
    [InlineData("/v1/messages", "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]", false)]
    public async Task Request_WithAnAdapter_DoesNotReachTheModelWithIt(string path, string members, bool isRefused)
    {
        const string Tasks = ",\"tasks\":[\"chat\",\"completions\",\"embeddings\"]";
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m",{{members}},"lora_path":"legal"}""");
        await using var function = await RequestFunction.StartAsync(Tasks);
        await using var other = await RequestFunction.StartAsync(Tasks + ",\"allowedFields\":[\"lora_path\"]");

        var (status, response, received) = await function.SendAsync(path, body);
        var allowed = (await other.SendAsync(path, body)).Received;

        Assert.Equal(isRefused, received is null);
        Assert.Equal(isRefused, status == 400);
        Assert.Equal(isRefused, response.Contains("Unsupported parameter: 'lora_path'", StringComparison.Ordinal));
        Assert.Equal(isRefused, Encoding.UTF8.GetString(allowed!).Contains("\"lora_path\":\"legal\"", StringComparison.Ordinal));
        Assert.DoesNotContain("legal", Encoding.UTF8.GetString(received ?? []), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_OfTheModel_IsSent()
    {
        var model = Plain with { Defaults = [KeyValuePair.Create("lora_path", "\"legal\""u8.ToArray())] };

        var body = UpstreamRequest.Create(Parse("""{"prompt":"a"}"""), model, ModelTasks.Completions);

        Assert.Contains("\"lora_path\":\"legal\"", string.Concat(body.Select(piece => Encoding.UTF8.GetString(piece.Span))),
            StringComparison.Ordinal);
    }

    private static ApiError? Find(string json, Model model, ModelTasks task) =>
        Record.Exception(() => UpstreamRequest.Create(Parse(json), model, task)) is ErrorResponseException exception
            ? exception.Error
            : null;

    private static RequestJson Parse(string json) => RequestJson.TryParse(Encoding.UTF8.GetBytes(json))!;
}
