using System.Text;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Configuration;
using LambdaChat.Models;
using LambdaChat.Rehearsal;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Templates;

/// <summary>The environment variables of the function: the function accepts what the template sets.</summary>
public sealed class EnvironmentTests
{
    private const int Limit = 4096; // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

    [Fact]
    public void SmallestDeployment_SetsThree()
    {
        var variables = Deployments.Stack("us-east-1").Variables;

        Assert.Equal(["MODELS", "API_KEYS", "METRICS"], variables.Keys);
        Assert.Equal("""[{"name":"r1","endpoint":"my-endpoint","servedName":"","transport":"event-stream"}]""", variables["MODELS"]);
    }

    [Theory]
    [InlineData("Models=[{\"name\":\"b\",\"endpoint\":\"e\"}]", "MODELS", "[{\"name\":\"b\",\"endpoint\":\"e\"}]")]
    [InlineData("Models=@models.json", "MODELS", "@models.json")]
    [InlineData("JwtIssuer=https://issuer.example", "JWT_ISSUER", "https://issuer.example")]
    [InlineData("JwtAudience=a,b", "JWT_AUDIENCE", "a,b")]
    [InlineData("Authorization=AWS_IAM", "IAM_ACCESS", "true")]
    [InlineData("Table=true", "TABLE", "KeyTable")]
    [InlineData("Preset=production", "LIMITS_FAILURE", "closed")]
    [InlineData("Preset=production", "STORE", "table")]
    [InlineData("Table=replies", "STORE", "table")]
    [InlineData("Monitoring=full", "METRICS", "emf")]
    [InlineData("Site=true", "WHOLE_REPLY_HEARTBEAT", "true")]
    [InlineData("Entry=rest", "WHOLE_REPLY_HEARTBEAT", "true")]
    [InlineData("SnapStart=v1", "REHEARSAL", "repeated")]
    [InlineData("SnapStart=v1", "DOTNET_TC_CallCountingDelayMs", "0")]
    public void Setting_ReachesItsVariable(string setting, string variable, string value)
    {
        var variables = Deployments.Stack("us-east-1", setting).Variables;

        Assert.Equal(value, variables[variable]);
    }

    [Fact]
    public void SnapStart_CompilesMethodsAgainBeforeARehearsalHasEnded()
    {
        var threshold = (string)Deployments.Stack("us-east-1", "SnapStart=v1").Variables["DOTNET_TC_CallCountThreshold"];

        Assert.InRange(Convert.ToInt32(threshold, 16), 1, RepeatedEvents.Rounds - 1);
    }

    [Theory]
    [InlineData]
    [InlineData(Deployments.Model, "EndpointScaleToZero=true", "EndpointName=lambdachat")]
    [InlineData("InferenceComponentName=part", "Transport=openai", "ServedModelName=deepseek-ai/R1")]
    public void Variables_AreValid(params string[] settings)
    {
        var variables = Deployments.Stack("us-east-1", settings).Variables;

        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .AddInMemoryCollection([new("AWS_REGION", "us-east-1")])
            .Build();
        var catalog = ModelCatalogReader.Read(configuration);

        Assert.Equal("r1", Assert.Single(catalog.Models).Name);
        Assert.False(ApiKeyListReader.Read(configuration["API_KEYS"], "API_KEYS").IsEmpty);
    }

    [Theory]
    [InlineData("alice=HASH")]
    [InlineData("alice=HASH;expires=2027-01-01;models=r1|v3;origins=https://chat.example.com|https://b.example.com")]
    [InlineData("alice=HASH;expires=2027-02-26T11:43:00Z,bob=HASH;models=r1")]
    [InlineData("alice of sales=HASH,\n bob=HASH ; origins=https://chat.example.com:8443,\n")]
    [InlineData("")]
    public void ApiKeys_AcceptsEntriesOfTheVariable(string text)
    {
        var keys = text.Replace("HASH", Deployments.Hash, StringComparison.Ordinal);

        Assert.True(new Template("template.yaml").Accepts("ApiKeys", keys));
        Assert.Equal(text.Split("HASH").Length - 1, ApiKeyListReader.ReadList(keys, "API_KEYS").Count);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("alice=sk-plain-key")]
    [InlineData("=HASH")]
    [InlineData("alice=HASHa")]
    [InlineData("alice=HASH;expires=tomorrow")]
    [InlineData("alice=HASH;limit=5")]
    [InlineData("alice=HASH bob=HASH")]
    public void ApiKeys_RejectsEntriesThatTheFunctionRejects(string text)
    {
        var keys = text.Replace("HASH", Deployments.Hash, StringComparison.Ordinal);

        Assert.False(new Template("template.yaml").Accepts("ApiKeys", keys));
        Assert.Throws<ConfigurationException>(() => ApiKeyListReader.ReadList(keys, "API_KEYS"));
    }

    [Theory]
    [InlineData("ApiKeys", "@keys.txt", true)]
    [InlineData("ApiKeys", "@keys", false)]
    [InlineData("ApiKeys", "@keys.yaml", false)]
    [InlineData("Models", "@models.json", true)]
    [InlineData("Models", "@models.yaml", false)]
    [InlineData("JwtIssuer", "https://issuer.example.com/a", true)]
    [InlineData("JwtIssuer", "https://issuer.example.com ", false)]
    [InlineData("ResourceArns", "arn:aws:iam::123456789012:role/a/b+c=d.e@f-g_h,arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", true)]
    [InlineData("ResourceArns", "arn:aws:iam::123456789012:role/a,b", false)] // Fn::Split would divide the name.
    [InlineData("ResourceArns", "arn:aws:iam::123456789012:role/a,b,arn:aws:iam::123456789012:role/c", false)]
    [InlineData("ResourceArns", "arn:aws:iam::123456789012:role/a,", false)]
    public void Pattern_AcceptsWhatTheStackCanUse(string parameter, string value, bool isAccepted) =>
        Assert.Equal(isAccepted, new Template("template.yaml").Accepts(parameter, value));

    // The same endings as in the patterns of ApiKeys and Models.
    [Fact]
    public void FilesOfSettings_AreInThePackage() => Assert.Contains(
        "<Content Update=\"*.json;*.svg;*.txt\" CopyToOutputDirectory=\"PreserveNewest\" CopyToPublishDirectory=\"PreserveNewest\" />",
        File.ReadAllText(Path.Combine(Files.Root, "src/LambdaChat/LambdaChat.csproj")));

    [Fact]
    public void EveryVariableAtItsLongest_FitsLambda()
    {
        var deployment = Deployments.Stack("us-east-1", [.. Longest(), "Site=true", "Preset=production", "Authorization=AWS_IAM"]);

        var size = deployment.Variables.Sum(pair => pair.Key.Length + Encoding.UTF8.GetByteCount((string)pair.Value));

        Assert.Equal(11, deployment.Variables.Count);
        Assert.InRange(size + 255, Limit / 2, Limit); // The name of a table has at most 255 characters.
    }

    // The parameters that become variables, each with the longest accepted value.
    private static IEnumerable<string> Longest()
    {
        var parameters = new Template("template.yaml").Parameters;
        string Fill(string name, string start, char with, string end = "") =>
            $"{name}={start.PadRight(int.Parse(parameters[name].Text("MaxLength")!) - end.Length, with)}{end}";
        yield return Fill("Models", "[", ' ', "]");
        yield return Fill("ApiKeys", $"n={Deployments.Hash};models=", 'm');
        yield return Fill("JwtIssuer", "https://", 'i');
        yield return Fill("JwtAudience", "", 'a');
    }
}
