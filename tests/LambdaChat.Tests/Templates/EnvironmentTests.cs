using System.Text;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Models;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Templates;

/// <summary>The function's variables: what the template gives, the function takes.</summary>
public sealed class EnvironmentTests
{
    private const int Limit = 4096; // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

    [Fact]
    public void SmallestDeployment_SetsFour()
    {
        var variables = Deployments.Stack("us-east-1").Variables;

        Assert.Equal(["MODELS", "API_KEYS", "CORS_ORIGINS", "METRICS"], variables.Keys);
        Assert.Equal("""[{"name":"r1","endpoint":"my-endpoint","servedName":"","transport":"event-stream"}]""", variables["MODELS"]);
    }

    [Theory]
    [InlineData("Models=[{\"name\":\"b\",\"endpoint\":\"e\"}]", "MODELS", "[{\"name\":\"b\",\"endpoint\":\"e\"}]")]
    [InlineData("Models=@models.json", "MODELS", "@models.json")]
    [InlineData("ApiKeysSecret=arn:aws:secretsmanager:us-east-1:123456789012:secret:k-abc123", "API_KEYS_SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:k-abc123")]
    [InlineData("ApiKeysParameter=/chat/keys", "API_KEYS_PARAMETER", "/chat/keys")]
    [InlineData("JwtIssuer=https://issuer.example", "JWT_ISSUER", "https://issuer.example")]
    [InlineData("JwtAudience=a,b", "JWT_AUDIENCE", "a,b")]
    [InlineData("JwtScope=chat", "JWT_SCOPE", "chat")]
    [InlineData("JwtClaim=group=chat", "JWT_CLAIM", "group=chat")]
    [InlineData("Authorization=AWS_IAM", "IAM_ACCESS", "true")]
    [InlineData("OriginSecret=ssssssssssssssssssssssssssssssss", "ORIGIN_SECRET", "ssssssssssssssssssssssssssssssss")]
    [InlineData("CorsOrigins=https://chat.example", "CORS_ORIGINS", "https://chat.example")]
    [InlineData("Table=true", "TABLE", "KeyTable")]
    [InlineData("Table=true", "STORE_FAILURE", "open")]
    [InlineData("Limits={\"key\":{}}", "LIMITS", "{\"key\":{}}")]
    [InlineData("Metrics=emf", "METRICS", "emf")]
    [InlineData("SageMakerUrl=https://vpce-1.runtime.sagemaker.us-east-1.vpce.amazonaws.com", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "https://vpce-1.runtime.sagemaker.us-east-1.vpce.amazonaws.com")]
    [InlineData("OtlpEndpoint=http://collector:4318", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")]
    public void Setting_ReachesItsVariable(string setting, string variable, string value)
    {
        var variables = Deployments.Stack("us-east-1", setting).Variables;

        Assert.Equal(value, variables[variable]);
    }

    [Theory]
    [InlineData("existing")]
    [InlineData("create", "EndpointScaleToZero=true", "EndpointName=lambdachat")]
    [InlineData("existing", "InferenceComponentName=part", "Transport=openai", "ServedModelName=deepseek-ai/R1")]
    public void Variables_AreOnesThatTheFunctionTakes(string endpoint, params string[] settings)
    {
        var deployment = Deployments.Stack("us-east-1", ["Endpoint=" + endpoint, .. settings]);

        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([.. deployment.Variables.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)), new("AWS_REGION", "us-east-1")])
            .Build();
        var catalog = ModelCatalogReader.Read(configuration);

        Assert.Equal("r1", Assert.Single(catalog.Models).Name);
        Assert.False(ApiKeyListReader.Read(configuration["API_KEYS"], "API_KEYS").IsEmpty);
    }

    [Fact]
    public void EveryVariableAtItsLongest_FitsLambda()
    {
        var deployment = Deployments.Stack("us-east-1", [.. Longest(), "Table=true", "Authorization=AWS_IAM"]);

        var size = deployment.Variables.Sum(pair => pair.Key.Length + Encoding.UTF8.GetByteCount((string)pair.Value));

        Assert.Equal(17, deployment.Variables.Count);
        Assert.InRange(size + 255, Limit / 2, Limit); // A table's name has at most 255 characters.
    }

    // The parameters that become variables, each as long as CloudFormation takes it.
    private static IEnumerable<string> Longest()
    {
        var parameters = new Template("template.yaml").Parameters;
        string Fill(string name, string start, char with, string end = "") =>
            $"{name}={start.PadRight(int.Parse(parameters[name].Text("MaxLength")!) - end.Length, with)}{end}";
        yield return Fill("Models", "[", ' ', "]");
        yield return Fill("ApiKeys", "n", 'n', $"={Deployments.Hash}");
        yield return Fill("ApiKeysSecret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:", 'k');
        yield return Fill("ApiKeysParameter", "/", 'k');
        yield return Fill("JwtIssuer", "https://", 'i');
        yield return Fill("JwtAudience", "", 'a');
        yield return Fill("JwtScope", "", 's');
        yield return Fill("JwtClaim", "c=", 'v');
        yield return $"OriginSecret={new string('s', 64)},{new string('t', 64)}";
        yield return Fill("CorsOrigins", "", 'o');
        yield return Fill("Limits", "{", ' ', "}");
        yield return Fill("SageMakerUrl", "https://", 'u');
        yield return Fill("OtlpEndpoint", "https://", 'c');
    }
}
