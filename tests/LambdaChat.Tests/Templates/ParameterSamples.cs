namespace LambdaChat.Tests.Templates;

/// <summary>Values of each parameter of <c>template.yaml</c> that deployments are changed to.</summary>
internal static class ParameterSamples
{
    // For parameters without a list of allowed values: one value, besides the default.
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["EndpointName"] = "other-endpoint",
        ["ApiKeys"] = $"other={Deployments.Hash}",
        ["ModelName"] = "other",
        ["ServedModelName"] = "owner/model",
        ["InferenceComponentName"] = "component",
        ["Models"] = "[{\"name\":\"a\",\"endpoint\":\"e\"}]",
        ["ResourceArns"] = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e",
        ["JwtIssuer"] = "https://issuer.example",
        ["JwtAudience"] = "chat",
        ["SiteDomain"] = "chat.example.com",
        ["SiteCertificate"] = "certificate",
        ["EndpointModel"] = "owner/model",
        ["EndpointWeights"] = "s3://weights/r1/",
        ["EndpointInstance"] = "ml.g6.xlarge",
        ["MemorySize"] = "512",
        ["ReservedConcurrency"] = "5",
        ["SnapStart"] = "v2",
        ["SubnetIds"] = "subnet-0a1b2c3d",
        ["SecurityGroupIds"] = "sg-0a1b2c3d",
        ["AlarmEmail"] = "a@b.c",
    };

    public static IEnumerable<string> Names => new Template("template.yaml").Parameters.Keys;

    public static IEnumerable<string> Of(string name)
    {
        var parameter = new Template("template.yaml").Parameters[name];
        var listed = parameter.Items("AllowedValues").Cast<string>().ToList();
        return listed.Count > 0 ? listed : [parameter.Text("Default")!, Texts[name]];
    }

    /// <summary>Each change of one parameter of a deployment. The rules of the template are not asked.</summary>
    public static IEnumerable<(string Name, string Value)> Changes() =>
        Names.SelectMany(name => Of(name).Select(value => (name, value)));

    /// <summary>Each combination of the values of these parameters.</summary>
    public static IEnumerable<IEnumerable<string>> Combinations(IEnumerable<string> names) => names.Aggregate(
        (IEnumerable<IEnumerable<string>>)[[]],
        (combinations, name) => combinations.SelectMany(_ => Of(name), (settings, value) => settings.Append($"{name}={value}")));
}
