using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Models;

public sealed class ModelCatalogReaderTests
{
    [Fact]
    public void Read_SmallestVariable_GivesAModel()
    {
        var catalog = Read("""[{"name":"r1","endpoint":"my-endpoint"}]""");

        Assert.Equivalent(new Model("r1", "my-endpoint", InferenceComponent: null, Variant: null, "eu-west-1", ServedName: ""), Assert.Single(catalog.Models), strict: true);
        Assert.True(catalog.TryGet("r1", out _));
        Assert.False(catalog.TryGet("R1", out _));
    }

    [Fact]
    public void Read_EveryField_IsTaken()
    {
        var catalog = Read("""[{"name":"深度/r1","endpoint":"e","inferenceComponent":"ic-1","variant":"AllTraffic","region":"cn-north-1","servedName":"deepseek-ai/R1"}]""");

        Assert.Equivalent(new Model("深度/r1", "e", "ic-1", "AllTraffic", "cn-north-1", "deepseek-ai/R1"), Assert.Single(catalog.Models), strict: true);
    }

    [Fact]
    public void Read_VariableAndSection_TakesTheVariableWhole()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Models"] = """[{"name":"b","endpoint":"e2"}]""",
            ["Models:0:name"] = "a",
            ["Models:0:endpoint"] = "e1",
            ["Models:0:variant"] = "v1",
            ["Models:1:name"] = "c",
            ["Models:1:endpoint"] = "e3",
            ["AWS_REGION"] = "eu-west-1",
        };

        Assert.Equal(["b"], Read(settings).Models.Select(model => model.Name));
        Assert.Null(Read(settings).Models[0].Variant);
        settings.Remove("Models");
        Assert.Equal(["a", "c"], Read(settings).Models.Select(model => model.Name));
    }

    [Theory]
    [InlineData("[]", "No model is configured: set MODELS, at least to [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("{}", "MODELS must be a JSON array like [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("[{]", "MODELS is not valid JSON; the smallest that works is [{\"name\":\"r1\",\"endpoint\":\"my-endpoint\"}].")]
    [InlineData("""[{"endpoint":"e"}]""", "MODELS entry 0: name is required.")]
    [InlineData("""[{"name":"a","endpoint":"e"},{"name":"b"}]""", "MODELS entry 1 (b): endpoint is required.")]
    [InlineData("""[{"name":"a","endpoint":"e_1"}]""", "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"-e"}]""", "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e/../f"}]""", "MODELS entry 0 (a): endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e","region":"evil.example.com/"}]""", "MODELS entry 0 (a): region must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("""[{"name":"a","endpoint":"e","servedName":"a\nb"}]""", "MODELS entry 0 (a): servedName must be a text of 1 to 256 characters without control characters.")]
    [InlineData("""[{"name":{"x":1},"endpoint":"e"}]""", "MODELS entry 0: name must be a text.")]
    [InlineData(
        """[{"name":"a","endpoint":"e","served_name":"x"}]""",
        "MODELS entry 0 (a): served_name is unknown; the fields are name, endpoint, inferenceComponent, variant, region, servedName, aliases, default, tasks, transport, framing, gather, usage, reasoning, think, history, stripQuotes, maxTokens, maxChoices, contextLength, defaults.")]
    [InlineData("""[{"name":"a","endpoint":"e"},{"name":"a","endpoint":"f"}]""", "MODELS names the model a twice.")]
    public void Read_WrongEntry_NamesEntryAndField(string json, string expected) =>
        Assert.Equal(expected, Assert.Throws<ConfigurationException>(() => Read(json)).Message);

    [Fact]
    public void Read_NoRegionAnywhere_IsRefused() =>
        Assert.Equal(
            "MODELS entry 0 (a): region is required where AWS_REGION is not set.",
            Assert.Throws<ConfigurationException>(() => Read(new Dictionary<string, string?> { ["Models"] = """[{"name":"a","endpoint":"e"}]""" })).Message);

    private static ModelCatalog Read(string json) => Read(new Dictionary<string, string?> { ["MODELS"] = json, ["AWS_REGION"] = "eu-west-1" });

    private static ModelCatalog Read(Dictionary<string, string?> settings) =>
        ModelCatalogReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
