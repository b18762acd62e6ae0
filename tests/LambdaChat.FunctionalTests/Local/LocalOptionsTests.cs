using System.Net;
using System.Text.Json;
using LambdaChat.Local;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.Lambda;
using LambdaChat.Local.Lambda.Events;
using LambdaChat.Local.SageMaker.Routing;
using LambdaChat.Local.SageMaker.Scripts;

namespace LambdaChat.FunctionalTests.Local;

/// <summary>The options of LambdaChat.Local: defaults, forms and errors.</summary>
public sealed class LocalOptionsTests
{
    [Fact]
    public void Parse_NoOptions_UsesDefaults()
    {
        var options = LocalOptions.Parse([]);

        Assert.Equal(
            (8080, IPAddress.Loopback, "deepseek-r1", 512, 900.0),
            (options.Port, options.Address, options.Model, options.Memory, options.Timeout.TotalSeconds));
        Assert.Equal((10, EnvironmentReuse.Newest, 30, 0), (options.MaxEnvironments, options.Reuse, options.Pace, options.SageMakerPort));
        Assert.True(options is { StartsLambda: true, StartsSageMaker: true, IsChild: false });
    }

    [Theory]
    [InlineData(true, "--help")]
    [InlineData(true, "-h")]
    [InlineData(true, "--prot", "8081", "--help")]
    [InlineData(true, "--key=a", "-h")]
    [InlineData(false, "--key", "-h")]
    [InlineData(false, "--key=--help")]
    [InlineData(false)]
    public void AsksForHelp_IsTrueInAnyPlaceButAValue(bool expected, params string[] args) =>
        Assert.Equal(expected, CommandLine.AsksForHelp(args));

    [Fact]
    public void Parse_LambdaModes_AreOffByDefault()
    {
        var plain = LocalOptions.Parse([]);
        var all = LocalOptions.Parse(
            ["--event-format", "rest", "--concurrency=8", "--snap-start=true", "--read-only", "true", "--memory=128", "--cpu-share=true"]);

        Assert.True(
            plain is { EventFormat: EventFormat.Url, Concurrency: 50, IsSnapStart: false, IsReadOnly: false, IsMemoryEnforced: false });
        Assert.True(all is { EventFormat: EventFormat.Rest, Concurrency: 8, IsSnapStart: true, IsReadOnly: true, IsMemoryEnforced: true });
        Assert.Equal((false, true), (plain.IsProcessorEnforced, all.IsProcessorEnforced));
    }

    [Fact]
    public void Parse_ValueAfterSpaceOrEqualsSign_IsAccepted()
    {
        string[] args = ["--port", "1", "--memory=128", "--key=a=b", "--reuse", "never", "--model=m", "--served-name", "s/n:1"];

        var options = LocalOptions.Parse(args);

        Assert.Equal((1, 128, "a=b", EnvironmentReuse.Never), (options.Port, options.Memory, options.Key, options.Reuse));
        Assert.Equal(("m", "s/n:1"), (options.Model, options.ServedName));
    }

    [Fact]
    public void Parse_OpenAI_IsPassedToTheChildWithoutPace()
    {
        var options = LocalOptions.Parse(["--openai", "http://127.0.0.1:1/v1", "--openai-key=k", "--port=0"]);

        Assert.Equal(["--child=true", "--only=sagemaker", "--openai=http://127.0.0.1:1/v1", "--openai-key=k"], options.ChildArguments);
        Assert.Equal((0, true), (options.Pace, LocalOptions.Parse([.. options.ChildArguments]).IsChild));
    }

    [Fact]
    public void Parse_Instances_HaveTheirRouting()
    {
        var scripted = LocalOptions.Parse(["--instances=4", "--routing", "prefix-aware"]);
        var servers = LocalOptions.Parse(["--openai=http://127.0.0.1:1/v1,http://127.0.0.1:2/v1"]);

        Assert.Null(LocalOptions.Parse([]).Routing);
        Assert.Null(LocalOptions.Parse(["--openai=http://127.0.0.1:1/v1"]).Routing);
        Assert.Equal((4, RoutingStrategy.PrefixAware), (scripted.Routing!.Instances, scripted.Routing.Strategy));
        Assert.Equal((2, RoutingStrategy.Random), (servers.Routing!.Instances, servers.Routing.Strategy));
        Assert.Equal(["http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"], servers.OpenAI.Select(url => url.ToString()));
        Assert.Equal(["--child=true", "--only=sagemaker", "--instances=4", "--routing=prefix-aware"], scripted.ChildArguments);
    }

    [Theory]
    [InlineData("--port=0", "memory")]
    [InlineData("--concurrency=1", null)]
    [InlineData("--snap-start=true", null)]
    public void Variables_OfOneProcess_StoreReplies(string argument, string? store)
    {
        var variables = FunctionVariables.Create(
            LocalOptions.Parse([argument]), new LocalModel("m", ServedName: null), "key", new Uri("http://127.0.0.1:1"));

        Assert.Equal(store, variables.GetValueOrDefault("STORE"));
    }

    [Theory]
    [InlineData("--port=0", true)]
    [InlineData("--openai=http://127.0.0.1:1/v1", false)]
    [InlineData("--sagemaker=http://127.0.0.1:1", false)]
    public void Variables_OfTheScriptedModel_HaveItsQuestions(string argument, bool expected)
    {
        var variables = FunctionVariables.Create(
            LocalOptions.Parse([argument]), new LocalModel("m", ServedName: null), "key", new Uri("http://127.0.0.1:1"));

        var examples = variables.GetValueOrDefault("PAGE_EXAMPLES");
        Assert.Equal(expected ? JsonSerializer.Serialize(Script.Questions) : null, examples);
    }

    [Fact]
    public void Parse_OnlySageMaker_AcceptsAnyAddress()
    {
        var options = LocalOptions.Parse(["--only=sagemaker", "--sagemaker-port=8090", "--bind=0.0.0.0"]);

        Assert.Equal((IPAddress.Any, 8090, false), (options.Address, options.SageMakerPort, options.StartsLambda));
    }

    [Fact]
    public void Parse_Endpoint_StartsNoEmulator()
    {
        var options = LocalOptions.Parse(["--endpoint=e", "--component=c", "--region=eu-north-1", "--profile=p", "--served-name=s"]);

        Assert.Equal(("default", "c", "s", false), (options.Model, options.Component, options.ServedName, options.StartsSageMaker));
    }

    [Theory]
    [InlineData("--nonsense 1", "Unknown option --nonsense. Run with --help for a list.")]
    [InlineData("--openaikey=secret", "Unknown option --openaikey. Run with --help for a list.")]
    [InlineData("8080", "Unknown option 8080. Run with --help for a list.")]
    [InlineData("--port", "--port requires a value.")]
    [InlineData("--key=", "--key requires a value.")]
    [InlineData("--endpoint --region eu-north-1", "--endpoint requires a value.")]
    [InlineData("--port abc", "--port must be a number from 0 to 65535.")]
    [InlineData("--port 65536", "--port must be a number from 0 to 65535.")]
    [InlineData("--pace fast", "--pace must be a number from 0 to 60000.")]
    [InlineData("--memory 127", "--memory must be a number from 128 to 10240.")]
    [InlineData("--memory 10241", "--memory must be a number from 128 to 10240.")]
    [InlineData("--concurrency 0", "--concurrency must be a number from 1 to 1000.")]
    [InlineData("--event-format http", "--event-format must be url or rest.")]
    [InlineData("--snap-start yes", "--snap-start must be true or false.")]
    [InlineData("--endpoint e --snap-start true", "--snap-start cannot be combined with --endpoint.")]
    [InlineData("--timeout 0", "--timeout must be a number from 1 to 900.")]
    [InlineData("--timeout 901", "--timeout must be a number from 1 to 900.")]
    [InlineData("--max-environments 0", "--max-environments must be a number from 1 to 1000.")]
    [InlineData("--reuse 7", "--reuse must be newest, oldest or never.")]
    [InlineData("--reuse Newest", "--reuse must be newest, oldest or never.")]
    [InlineData("--only half", "--only must be sagemaker or lambda.")]
    [InlineData("--bind localhost", "--bind must be an IP address.")]
    [InlineData("--key o'clock", "--key must be 1 to 4096 visible ASCII characters without quotes and backslashes.")]
    [InlineData("--key=a\\b", "--key must be 1 to 4096 visible ASCII characters without quotes and backslashes.")]
    [InlineData("--key=钥匙", "--key must be 1 to 4096 visible ASCII characters without quotes and backslashes.")]
    [InlineData("--openai-key=a\nb", "--openai-key must be 1 to 4096 visible ASCII characters without quotes and backslashes.")]
    [InlineData("--model=a\"b", "--model must be 1 to 128 visible ASCII characters without quotes and backslashes.")]
    [InlineData("--openai 127.0.0.1:8000", "--openai must be an address like http://127.0.0.1:8000/v1.")]
    [InlineData("--openai http://127.0.0.1:1,", "--openai must be an address like http://127.0.0.1:8000/v1.")]
    [InlineData("--openai http://127.0.0.1:1 --instances 2", "--instances cannot be combined with --openai.")]
    [InlineData("--instances 0", "--instances must be a number from 1 to 64.")]
    [InlineData("--routing sticky", "--routing must be random, least-outstanding-requests, prefix-aware or kv-aware.")]
    [InlineData("--openai http://user:secret@127.0.0.1/v1", "--openai must be an address like http://127.0.0.1:8000/v1.")]
    [InlineData("--endpoint a_b", "--endpoint must be 1 to 63 letters, digits and inner hyphens.")]
    [InlineData("--only sagemaker --endpoint x", "--endpoint cannot be combined with --only sagemaker.")]
    [InlineData("--only sagemaker --sagemaker http://127.0.0.1:1", "--sagemaker cannot be combined with --only sagemaker.")]
    [InlineData("--only sagemaker --port 1", "--port cannot be combined with --only sagemaker.")]
    [InlineData("--only lambda --sagemaker http://127.0.0.1:1 --pace 1", "--pace cannot be combined with --only lambda.")]
    [InlineData("--only lambda", "--only lambda requires --sagemaker URL or --endpoint NAME.")]
    [InlineData("--openai http://127.0.0.1:1 --endpoint x", "--openai cannot be combined with --endpoint.")]
    [InlineData("--openai http://127.0.0.1:1 --sagemaker http://127.0.0.1:2", "--openai cannot be combined with --sagemaker.")]
    [InlineData("--openai http://127.0.0.1:1 --pace 1", "--pace cannot be combined with --openai.")]
    [InlineData("--sagemaker http://127.0.0.1:1 --endpoint x", "--sagemaker cannot be combined with --endpoint.")]
    [InlineData("--region eu-north-1", "--region requires --endpoint.")]
    [InlineData("--profile p", "--profile requires --endpoint.")]
    [InlineData("--component c", "--component requires --endpoint.")]
    [InlineData("--openai-key k", "--openai-key requires --openai.")]
    public void Parse_InvalidOption_Throws(string line, string message)
    {
        var error = Assert.Throws<LocalException>(() => LocalOptions.Parse(line.Split(' ')));

        Assert.Equal(message, error.Message);
    }
}
