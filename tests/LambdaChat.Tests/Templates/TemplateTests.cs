using System.Text.RegularExpressions;

namespace LambdaChat.Tests.Templates;

/// <summary>Properties of the templates that do not depend on parameters.</summary>
public sealed class TemplateTests
{
    // Service principals are the same in every partition.
    private static readonly string[] Principals = ["lambda", "sagemaker", "apigateway", "cloudfront"];

    public static TheoryData<string> Templates => new(Files.Templates);

    [Theory, MemberData(nameof(Templates))]
    public void EveryParameter_IsUsedAndExplained(string name)
    {
        var template = new Template(name);

        var used = template.References()
            .Where(reference => reference is { Function: "Ref" } && !reference.Path.StartsWith("/Rules", StringComparison.Ordinal));

        Assert.Empty(template.Parameters.Keys.Except(used.Select(reference => reference.Name)));
        Assert.All(template.Parameters, pair => Assert.EndsWith(".", pair.Value.Text("Description")));
        Assert.All(
            template.Parameters,
            pair => Assert.True(pair.Value.Text("Default") is not null || name == "src/stacks/site.yaml", pair.Key));
    }

    [Theory, MemberData(nameof(Templates))]
    public void EveryParameter_IsInOneGroup(string name)
    {
        var template = new Template(name);

        var grouped = template.Root.Items("Metadata", "AWS::CloudFormation::Interface", "ParameterGroups")
            .SelectMany(group => group.Items("Parameters")).Cast<string>();

        Assert.Equal(template.Parameters.Keys.Order(), grouped.Order());
    }

    // sam deploy --guided cannot leave a NoEcho parameter empty: it asks again until it gets a value.
    [Theory, MemberData(nameof(Templates))]
    public void NoParameter_IsHidden(string name) =>
        Assert.All(new Template(name).Parameters, pair => Assert.Null(pair.Value.At("NoEcho")));

    [Fact]
    public void Parameters_AreThirtyAtMost() => Assert.InRange(new Template("template.yaml").Parameters.Count, 1, 30);

    [Fact]
    public void CfnLint_IgnoresSnapStartAndNewRoutingOnly()
    {
        var ignored = Files.Templates.SelectMany(name => ((object)new Template(name).Root).Walk())
            .Where(pair => pair.Path.EndsWith("/cfn-lint/config/ignore_checks", StringComparison.Ordinal));

        Assert.Equal(
            [
                "/Resources/Config/Metadata/cfn-lint/config/ignore_checks: E3002",
                "/Resources/Function/Metadata/cfn-lint/config/ignore_checks: W2530 W1030 E2530",
            ],
            ignored.Select(pair => $"{pair.Path}: {string.Join(' ', pair.Node.Items())}").Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Templates))]
    public void EveryReference_Resolves(string name)
    {
        var template = new Template(name);

        Assert.All(template.References(), reference => Assert.True(IsKnown(template, reference.Function, reference.Name), $"{reference}"));
    }

    [Theory, MemberData(nameof(Templates))]
    public void EveryConditionAndMap_IsUsed(string name)
    {
        var template = new Template(name);

        var used = template.References().ToLookup(reference => reference.Function, reference => reference.Name);

        Assert.Empty(template.Conditions.Keys.Except(used["Condition"]));
        Assert.Empty(template.Mappings.Keys.Except(used["Fn::FindInMap"]));
    }

    [Theory, MemberData(nameof(Templates))]
    public void NoPartition_IsALiteral(string name)
    {
        var texts = new Template(name).Resources.Walk()
            .Where(pair => pair.Node is string)
            .Select(pair => Regex.Replace((string)pair.Node, $@"^({string.Join('|', Principals)})\.amazonaws\.com$", ""));

        Assert.All(texts, text => Assert.DoesNotMatch(@"arn:aws|amazonaws\.com", text));
    }

    [Theory, MemberData(nameof(Templates))]
    public void EveryCondition_HasTwoToTenOperands(string name)
    {
        var template = new Template(name);

        var conditions = template.Conditions.Walk().Concat(template.Rules.Walk());

        Assert.All(conditions, pair =>
        {
            Assert.InRange((pair.Node.At("Fn::And") as List<object>)?.Count ?? 2, 2, 10);
            Assert.InRange((pair.Node.At("Fn::Or") as List<object>)?.Count ?? 2, 2, 10);
        });
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
    [Theory, MemberData(nameof(Templates))]
    public void EveryRule_HasOnlyRuleFunctionsAndOneSentence(string name)
    {
        var rules = new Template(name).Rules;

        var functions = rules.Walk().SelectMany(pair => pair.Node.Map().Keys)
            .Where(key => key.StartsWith("Fn::", StringComparison.Ordinal) || key == "Condition").Distinct();
        var sentences = rules.Values.SelectMany(rule => rule.Items("Assertions")).Select(assertion => assertion.Text("AssertDescription"));

        Assert.Empty(functions.Except(["Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Fn::Contains"]));
        Assert.All(sentences, sentence => Assert.Matches(@"^[A-Z]((?!\. ).)+\.$", sentence));
    }

    private static bool IsKnown(Template template, string function, string name) => function switch
    {
        "Ref" => name.StartsWith("AWS::", StringComparison.Ordinal)
            || template.Parameters.ContainsKey(name)
            || template.Resources.ContainsKey(name),
        "Fn::GetAtt" => name.Split('.', 2) is [var resource, var attribute]
            && template.Resources.TryGetValue(resource, out var found)
            && HasAttribute(found, attribute),
        "Condition" => template.Conditions.ContainsKey(name),
        "Fn::FindInMap" => template.Mappings.ContainsKey(name),
        _ => template.Resources.ContainsKey(name),
    };

    private static bool HasAttribute(object resource, string attribute) => resource.Text("Type") == "AWS::Serverless::Application"
        ? attribute is ['O', 'u', 't', 'p', 'u', 't', 's', '.', .. var output]
            && new Template(resource.Text("Properties", "Location")!).Outputs.ContainsKey(output)
        : ResourceTypes.HasAttribute(resource.Text("Type")!, attribute);
}
