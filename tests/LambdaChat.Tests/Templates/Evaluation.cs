namespace LambdaChat.Tests.Templates;

/// <summary>
/// Evaluates the functions, conditions and rules of a template for one Region and one set of values. As in CloudFormation, a reference to a
/// resource whose condition is false is an error.
/// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
/// </summary>
/// <param name="nestedOutput">Returns an output of a nested stack: stack, output.</param>
internal sealed class Evaluation(
    Template template,
    IReadOnlyDictionary<string, string> values,
    Region region,
    Func<string, string, string> nestedOutput)
{
    private static readonly object NoValue = new();

    public bool Exists(object node) => node.Text("Condition") is not { } condition || Holds(condition);

    public bool Holds(string condition) =>
        Test(template.Conditions.GetValueOrDefault(condition) ?? throw new InvalidOperationException($"No condition {condition}."));

    /// <summary>Evaluates a condition or the assertion of a rule.</summary>
    public bool Test(object node)
    {
        var (function, argument) = node is Dictionary<string, object> { Count: 1 } map ? map.Single() : throw Wrong("No condition", node);
        return function switch
        {
            "Condition" => Holds((string)argument),
            "Fn::And" => argument.Items().All(Test),
            "Fn::Or" => argument.Items().Any(Test),
            "Fn::Not" => !Test(argument.Items().Single()),
            "Fn::Equals" => Text(argument.At("0")!) == Text(argument.At("1")!),
            "Fn::Contains" => argument.Items("0").Any(item => Text(item) == Text(argument.At("1")!)),
            _ => throw Wrong("No condition", node),
        };
    }

    /// <summary>Replaces every function in the tree by its result, and removes properties with <c>AWS::NoValue</c>.</summary>
    public object Resolve(object node) => ResolveOrNone(node) is { } value && value != NoValue ? value : throw Wrong("No value", node);

    private object ResolveOrNone(object node) => node switch
    {
        List<object> list => list.Select(ResolveOrNone).Where(item => item != NoValue).ToList(),
        Dictionary<string, object> { Count: 1 } map when map.Keys.Single() is "Ref" or ['F', 'n', ':', ..] =>
            Call(map.Keys.Single(), map.Values.Single()),
        Dictionary<string, object> map => map
            .Select(pair => (pair.Key, Value: ResolveOrNone(pair.Value)))
            .Where(pair => pair.Value != NoValue)
            .ToDictionary(pair => pair.Key, pair => pair.Value),
        _ => node,
    };

    private object Call(string function, object argument) => function switch
    {
        "Ref" when (string)argument == "AWS::NoValue" => NoValue,
        "Ref" => Ref((string)argument),
        "Fn::GetAtt" => GetAtt(argument as string ?? string.Join('.', argument.Items())),
        "Fn::If" => ResolveOrNone(argument.At(Holds(argument.Text("0")!) ? "1" : "2")!),
        "Fn::Sub" => Sub(argument),
        "Fn::Join" => string.Join(Text(argument.At("0")!), Resolve(argument.At("1")!).Items()),
        "Fn::Split" => Text(argument.At("1")!).Split(Text(argument.At("0")!)).ToList<object>(),
        "Fn::Select" => Resolve(argument.At("1")!).At(Text(argument.At("0")!)) ?? throw Wrong("Nothing to select", argument),
        "Fn::FindInMap" => template.Mappings.At([.. argument.Items().Select(Text)]) ?? throw Wrong("Not in the map", argument),
        _ => throw new NotSupportedException(function),
    };

    private string Text(object node) => Resolve(node) as string ?? throw Wrong("No text", node);

    private string Ref(string name) =>
        region.Pseudo(name) ?? values.GetValueOrDefault(name) ?? Resource(name) switch
        {
            var api when api.Text("Type") == "AWS::ApiGateway::RestApi" => "api123",
            var secret when secret.Text("Type") == "AWS::SecretsManager::Secret" =>
                $"arn:{region.Partition}:secretsmanager:{region.Name}:{Region.Account}:secret:{name}-abc123",
            var stage when stage.Text("Properties", "StageName") is { } stageName => stageName,
            // A number that changes with the content.
            var version when version.At("Properties", "Content") is { } content => $"{Text(content).GetHashCode(StringComparison.Ordinal):x}",
            _ => name,
        };

    private string GetAtt(string name)
    {
        var (resource, attribute) = name.Split('.', 2) is [var first, var second] ? (first, second) : throw Wrong("No attribute", name);
        var type = Resource(resource).Text("Type");
        return (type, attribute) switch
        {
            ("AWS::Serverless::Application", ['O', 'u', 't', 'p', 'u', 't', 's', '.', .. var output]) => nestedOutput(resource, output),
            ("AWS::Lambda::Url", "FunctionUrl") => $"https://abc123.lambda-url.{region.Name}.on.aws/",
            ("AWS::SageMaker::Endpoint", "EndpointName") => Text(Resource(resource).At("Properties", "EndpointName")!),
            ("AWS::S3::Bucket", "Arn") => $"arn:{region.Partition}:s3:::{resource}",
            (_, "Arn") => $"arn:{region.Partition}:service:{region.Name}:{Region.Account}:{resource}",
            _ => name,
        };
    }

    private string Sub(object argument)
    {
        var own = argument.Map("1");
        return Template.Placeholder().Replace(argument as string ?? argument.Text("0")!, match =>
        {
            var name = match.Groups[1].Value;
            return own.TryGetValue(name, out var node) ? Text(node) : name.Contains('.') ? GetAtt(name) : Ref(name);
        });
    }

    private object Resource(string name) => template.Resources.TryGetValue(name, out var resource) && Exists(resource)
        ? resource
        : throw new InvalidOperationException($"{template.Name} refers to {name}, which does not exist in {region.Name}.");

    private static InvalidOperationException Wrong(string what, object node) =>
        new($"{what}: {System.Text.Json.JsonSerializer.Serialize(node)}");
}
