using LambdaChat.Configuration;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Models;

public sealed class ModelCatalogReaderTests
{
    [Fact]
    public void Read_RequiredFieldsOnly_ReturnsAModel()
    {
        var catalog = Read("""[{"name":"r1","endpoint":"my-endpoint"}]""");

        Assert.Equivalent(
            new Model("r1", [new Target("my-endpoint", InferenceComponent: null, Variant: null, "eu-west-1")],
                ServedName: "")
            { ColdTimeout = TimeSpan.FromMinutes(8) }, Assert.Single(catalog.Models), strict: true);
        Assert.True(catalog.TryGet("r1", out _));
        Assert.False(catalog.TryGet("R1", out _));
    }

    [Fact]
    public void Read_EveryTargetField_IsRead()
    {
        var catalog = Read(
            """[{"name":"深度/r1","endpoint":"e","inferenceComponent":"ic-1","variant":"AllTraffic","region":"cn-north-1","servedName":"deepseek-ai/R1"}]""");

        Assert.Equivalent(
            new Model("深度/r1", [new Target("e", "ic-1", "AllTraffic", "cn-north-1")],
                "deepseek-ai/R1")
            { ColdTimeout = TimeSpan.FromMinutes(8) }, Assert.Single(catalog.Models), strict: true);
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData(",\"input\":[]", false, false)]
    [InlineData(",\"input\":null", false, false)]
    [InlineData(",\"input\":[\"text\"]", false, true)]
    [InlineData(",\"input\":[\"text\",\"image\"]", true, false)]
    public void Read_Input_SaysWhetherImagesAreSent(string field, bool images, bool isTextOnly)
    {
        var model = Assert.Single(Read($$"""[{"name":"a","endpoint":"e"{{field}}}]""").Models);

        Assert.Equal((images, isTextOnly), (model.Images, model.IsTextOnly));
    }

    [Fact]
    public void Read_CommentsAndTrailingCommas_AreIgnored() =>
        Assert.Equal(["a", "b"], Read("""
            [ // two
              {"name":"a","ENDPOINT":"e",}, {"name":"b","endpoint":"f"},
            ]
            """).Models.Select(model => model.Name));

    [Fact]
    public void Read_SectionOfTheSettings_IsNotRead()
    {
        var settings = new Dictionary<string, string?>
        {
            ["MODELS:0:name"] = "a",
            ["MODELS:0:endpoint"] = "e",
            ["AWS_REGION"] = "eu-west-1"
        };

        Assert.StartsWith("No model is configured.", Assert.Throws<ConfigurationException>(() => Read(settings)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/x")]
    [InlineData("arn:aws-cn:iam::123456789012:role/path/to/x@y")]
    public void Read_RoleOfTarget_IsRead(string arn)
    {
        var models = Read(
            $$"""[{"name":"a","endpoint":"e","roleArn":"{{arn}}"},{"name":"b","targets":[{"endpoint":"e"},{"endpoint":"f","roleArn":"{{arn}}"}]}]""").Models;

        Assert.Equal(arn, models[0].Targets[0].RoleArn);
        Assert.Equal([null, arn], models[1].Targets.Select(target => target.RoleArn));
    }

    [Theory]
    [InlineData("", "No model is configured. Set MODELS to a JSON array like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("[]", "MODELS must be a JSON array of objects like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("{}", "MODELS must be a JSON array of objects like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("[{]", "MODELS is not valid JSON. It must be an array like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("""[{"name":"a","endpoint":"e"}]]""",
        "MODELS is not valid JSON. It must be an array like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("""[{"name":"a\ud800","endpoint":"e"}]""",
        "MODELS is not valid JSON. It must be an array like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("""[{"endpoint":"e"}]""", "MODELS entry 0: name is required.")]
    [InlineData("""[{"name":"a","endpoint":"e"},{"name":"b"}]""", "MODELS entry 1 (b): endpoint is required.")]
    [InlineData("""[{"name":"a","endpoint":"e_1"}]""", "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"-e"}]""", "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e/../f"}]""",
        "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e","roleArn":"caller"}]""",
        "MODELS entry 0 (a): roleArn must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME.")]
    [InlineData("""[{"name":"a","endpoint":"e","roleArn":"arn:aws:iam::123:role/x"}]""",
        "MODELS entry 0 (a): roleArn must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME.")]
    [InlineData("""[{"name":"a","endpoint":"e","roleArn":"arn:aws:iam::123456789012:user/x"}]""",
        "MODELS entry 0 (a): roleArn must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME.")]
    [InlineData("""[{"name":"a","endpoint":"e","roleArn":"arn:aws:iam::123456789012:role/x y"}]""",
        "MODELS entry 0 (a): roleArn must be the ARN of a role, like arn:aws:iam::123456789012:role/NAME.")]
    [InlineData("""[{"name":"a","roleArn":"arn:aws:iam::123456789012:role/x","targets":[{"endpoint":"e"}]}]""",
        "MODELS entry 0 (a): roleArn must be set in each target when targets is used.")]
    [InlineData("""[{"name":"a","endpoint":"e","region":"evil.example.com/"}]""",
        "MODELS entry 0 (a): region must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e","servedName":"a\nb"}]""",
        "MODELS entry 0 (a): servedName must be a string of 1 to 256 characters without control characters.")]
    [InlineData("""[{"name":{"x":1},"endpoint":"e"}]""", "MODELS entry 0: name must be a string.")]
    [InlineData("""[{"name":"a","endpoint":"e","input":["audio"]}]""", "MODELS entry 0 (a): input must contain only text, image.")]
    [InlineData(
        """[{"name":"a","endpoint":"e","served_name":"x"}]""",
        "MODELS entry 0 (a): served_name is unknown; the fields are name, continue, continueThinking, targets, endpoint, inferenceComponent, " +
            "variant, region, roleArn, servedName, aliases, default, tasks, input, transport, framing, gather, finish, usage, continuousUsage, countTokens, " +
                "prefill, thinkingBudget, thinkingArguments, maxEffort, reasoning, reasoningText, think, history, thinkingParagraphs, stripQuotes, developerRole, maxTokens, maxChoices, coldSeconds, totalSeconds, idleSeconds, showErrors, contextLength, " +
                    "prices, forwardHeaders, customAttributes, prefixAwareId, allowedFields, defaults.")]
    [InlineData("""[{"name":"a","targets":[{"endpont":"e"}]}]""",
        "MODELS entry 0 (a): targets 0: endpont is unknown; the fields are endpoint, inferenceComponent, variant, region, roleArn, " +
            "continue, continueThinking.")]
    [InlineData("""[{"name":"a","endpoint":"e","prices":{"inptu":1,"output":2}}]""",
        "MODELS entry 0 (a): prices: inptu is unknown; the fields are input, output.")]
    [InlineData("""[{"name":"a","endpoint":"e","prices":{"output":2}}]""", "MODELS entry 0 (a): prices: input is required.")]
    [InlineData("""[{"name":"a","endpoint":"e"},{"name":"a","endpoint":"f"}]""", "MODELS uses the name a for two models.")]
    [InlineData("""[{"name":"a","aliases":["b"],"endpoint":"e"},{"name":"b","endpoint":"f"}]""", "MODELS uses the name b for two models.")]
    [InlineData("""[{"name":"a","aliases":["x"],"endpoint":"e"},{"name":"b","aliases":["x"],"endpoint":"f"}]""",
        "MODELS uses the name x for two models.")]
    [InlineData("""[{"name":"a","aliases":["a"],"endpoint":"e"}]""", "MODELS uses the name a for two models.")]
    [InlineData("""[{"name":"a","default":true,"endpoint":"e"},{"name":"b","default":true,"endpoint":"f"}]""",
        "MODELS has two default models, a and b.")]
    [InlineData("""[{"name":"a","endpoint":"e","name":"b"}]""", "MODELS entry 0: name appears twice.")]
    [InlineData("""[{"name":"a","endpoint":"e"},{"name":"b","endpoint":"e","Endpoint":"f"}]""", "MODELS entry 1: Endpoint appears twice.")]
    [InlineData("""[{"name":"a","endpoint":"e","defaults":{"stop":{"x":1,"x":1}}}]""",
        "MODELS entry 0 (a): defaults has a member that appears twice.")]
    [InlineData("""[1]""", "MODELS must be a JSON array of objects like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("""[{"name":"a","targets":[{"endpoint":"e","zone":"x"}]}]""",
        "MODELS entry 0 (a): targets 0: zone is unknown; the fields are endpoint, inferenceComponent, variant, region, roleArn, continue, " +
            "continueThinking.")]
    [InlineData("""[{"name":"a","endpoint":"e","continue":"tgi"}]""",
        "MODELS entry 0 (a): continue must be one of off, vllm, sglang, prefix, prefill.")]
    [InlineData("""[{"name":"a","endpoint":"e","continueThinking":true}]""",
        "MODELS entry 0 (a): continueThinking requires the field continue.")]
    [InlineData("""[{"name":"a","endpoint":"e","thinkingBudget":"max tokens"}]""",
        "MODELS entry 0 (a): thinkingBudget must be the name of a request field, like thinking_token_budget.")]
    [InlineData("""[{"name":"a","endpoint":"e","thinkingBudget":"messages"}]""",
        "MODELS entry 0 (a): thinkingBudget must be the name of a request field, like thinking_token_budget.")]
    [InlineData("""[{"name":"a","endpoint":"e","maxEffort":"low"}]""",
        "MODELS entry 0 (a): maxEffort must be one of off, high, xhigh, max.")]
    [InlineData("""[{"name":"a","endpoint":"e","thinkingArguments":["enable"]}]""",
        "MODELS entry 0 (a): thinkingArguments must contain only enable_thinking, thinking.")]
    [InlineData("""[{"name":"a","endpoint":"e","thinkingArguments":false}]""",
        "MODELS entry 0 (a): thinkingArguments must be an array of strings.")]
    [InlineData("""[{"name":"a","endpoint":"e","allowedFields":["temperature"]}]""",
        "MODELS entry 0 (a): allowedFields must contain only lora_path, lora, lora_request, adapters, draft_model, custom_logit_processor, " +
            "session_id, session_params, id_slot, rid, request_id, bootstrap_host, bootstrap_port, bootstrap_room, kv_transfer_params, " +
                "ec_transfer_params, disaggregated_params, routed_dp_rank, data_parallel_rank, disagg_prefill_dp_rank, priority, inputs.")]
    [InlineData("""[{"name":"a","endpoint":"e","allowedFields":"priority"}]""",
        "MODELS entry 0 (a): allowedFields must be an array of strings.")]
    [InlineData("""[{"name":"a","targets":["e"]}]""", "MODELS entry 0 (a): targets must be an array of objects.")]
    public void Read_InvalidEntry_NamesEntryAndField(string json, string expected) =>
        Assert.Equal(expected, Assert.Throws<ConfigurationException>(() => Read(json)).Message);

    [Fact]
    public void Read_AllowedFields_AreTheNamesOfTheModelServer() => Assert.Equal(
        ["lora_path", "priority"],
        Read("""[{"name":"a","endpoint":"e","allowedFields":["lora_path","Priority"]}]""").Models[0].AllowedFields);

    [Theory]
    [InlineData("", "enable_thinking thinking", ReasoningEffort.High)]
    [InlineData(",\"thinkingArguments\":null,\"maxEffort\":\"off\"", "enable_thinking thinking", ReasoningEffort.Off)]
    [InlineData(",\"thinkingArguments\":[],\"maxEffort\":\"max\"", "", ReasoningEffort.Max)]
    [InlineData(",\"thinkingArguments\":[\"thinking\"],\"maxEffort\":\"xhigh\"", "thinking", ReasoningEffort.XHigh)]
    internal void Read_Thinking_SaysWhatTheModelServerAccepts(string fields, string arguments, ReasoningEffort effort)
    {
        var model = Assert.Single(Read($$"""[{"name":"a","endpoint":"e"{{fields}}}]""").Models);

        Assert.Equal((arguments, effort), (string.Join(' ', model.ThinkingArguments), model.MaxEffort));
    }

    [Fact]
    public void Read_Continue_IsOfEachTarget()
    {
        var model = Read("""
            [{"name":"a","continue":"vllm","continueThinking":true,
              "targets":[{"endpoint":"e"},{"endpoint":"f","continue":"prefill","continueThinking":false},{"endpoint":"g","continue":"off"}]}]
            """).Models[0];

        Assert.True(model.CanContinue);
        Assert.Equal([new(ContinuationMode.Vllm, true), new(ContinuationMode.Prefill, false), new(ContinuationMode.Off, true)],
            model.Targets.Select(target => target.Continuation));
        Assert.False(Read("""[{"name":"a","endpoint":"e"}]""").Models[0].CanContinue);
        Assert.Equal(new(ContinuationMode.SGLang, false),
            Read("""[{"name":"a","endpoint":"e","continue":"sglang"}]""").Models[0].Targets[0].Continuation);
    }

    [Fact]
    public void Read_AliasesAndDefault_AreFound()
    {
        var catalog = Read("""[{"name":"a","endpoint":"e"},{"name":"b","aliases":["x","y"],"default":true,"endpoint":"f"}]""");

        Assert.All(["b", "x", "y"], name => Assert.True(catalog.TryGet(name, out var model) && model == catalog.Models[1]));
        Assert.Same(catalog.Models[1], catalog.Default);
        Assert.Equal(2, catalog.Models.Count);
        Assert.Null(Read("""[{"name":"a","endpoint":"e"}]""").Default);
    }

    [Theory]
    [InlineData("eu-west-1", null, "eu-west-1")]
    [InlineData(null, "cn-north-1", "cn-north-1")]
    [InlineData("", "cn-north-1", "cn-north-1")]
    [InlineData("eu-west-1", "cn-north-1", "eu-west-1")]
    public void Read_NoRegion_UsesTheEnvironment(string? region, string? other, string expected) =>
        Assert.Equal(expected, Read(Environment(region, other)).Models[0].Targets[0].Region);

    [Theory]
    [InlineData("!!", null, "AWS_REGION must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("evil.example.com/", null, "AWS_REGION must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData(null, "-x", "AWS_DEFAULT_REGION must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("", "", "MODELS entry 0 (a): region is required when AWS_REGION is not set.")]
    public void Read_InvalidRegionInEnvironment_NamesTheVariable(string? region, string? other, string expected) =>
        Assert.Equal(expected, Assert.Throws<ConfigurationException>(() => Read(Environment(region, other))).Message);

    [Fact]
    public void Read_NoRegionAnywhere_IsRefused() =>
        Assert.Equal(
            "MODELS entry 0 (a): region is required when AWS_REGION is not set.",
            Assert.Throws<ConfigurationException>(
                () => Read(new Dictionary<string, string?> { ["Models"] = """[{"name":"a","endpoint":"e"}]""" })).Message);

    private static Dictionary<string, string?> Environment(string? region, string? other) =>
        new() { ["MODELS"] = """[{"name":"a","endpoint":"e"}]""", ["AWS_REGION"] = region, ["AWS_DEFAULT_REGION"] = other };

    private static ModelCatalog Read(string json) =>
        Read(new Dictionary<string, string?> { ["MODELS"] = json, ["AWS_REGION"] = "eu-west-1" });

    private static ModelCatalog Read(Dictionary<string, string?> settings) =>
        ModelCatalogReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
