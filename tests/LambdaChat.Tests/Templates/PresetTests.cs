using System.Text.Json.Nodes;
using LambdaChat.Failures;
using LambdaChat.Tests.Telemetry.Reports;

namespace LambdaChat.Tests.Templates;

/// <summary>The defaults that <c>Preset</c> selects, and the parameters that override them.</summary>
public sealed class PresetTests
{
    private static readonly string[] Monitoring = ["ErrorAlarm", "ReplyAlarm", "ThrottleAlarm", "DurationAlarm", "Board"];

    [Fact]
    public void Production_HasTableAndMonitoring()
    {
        var deployment = Deployments.Stack("us-east-1", "Preset=production");

        Assert.Empty(((string[])[.. Monitoring, "KeyTable"]).Except(deployment.Resources.Keys));
        Assert.Equal("50", Function(deployment).Text("ReservedConcurrentExecutions"));
        Assert.Equal("90", deployment.Resources["LogGroup"].Text("Properties", "RetentionInDays"));
        Assert.Equal(("emf", "closed"), (deployment.Variables["METRICS"], deployment.Variables["LIMITS_FAILURE"]));
    }

    [Fact]
    public void Basic_HasOnlyTheFunction()
    {
        var deployment = Deployments.Stack("us-east-1");

        Assert.Equal(["Function", "LogGroup", "Role", "Url", "UrlPermission", "UrlInvokePermission"], deployment.Resources.Keys);
        Assert.Null(Function(deployment).At("ReservedConcurrentExecutions"));
        Assert.Equal("30", deployment.Resources["LogGroup"].Text("Properties", "RetentionInDays"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Board_FindsTheLinesOfFailedReplies(bool hasMetrics)
    {
        var body = Deployments.Stack("us-east-1", "Monitoring=full").Resources["Board"].Text("Properties", "DashboardBody")!;
        var query = (string)JsonNode.Parse(body)!["widgets"]!.AsArray().Last()!["properties"]!["query"]!;
        var pattern = query.Split('/').Single(part => part.Contains("WARN", StringComparison.Ordinal));

        Assert.Matches(pattern, SampleReports.Write(SampleReports.Failed(new ReplyFailure(FailureKind.Cold), 503), hasMetrics));
        Assert.DoesNotMatch(pattern, SampleReports.Write(SampleReports.Completed(), hasMetrics));
    }

    [Fact]
    public void Production_YieldsToParameters()
    {
        var deployment = Deployments.Stack("us-east-1", "Preset=production", "Table=false", "Monitoring=none", "ReservedConcurrency=none");

        Assert.DoesNotContain(deployment.Resources.Keys, name => name == "KeyTable" || Monitoring.Contains(name));
        Assert.Null(Function(deployment).At("ReservedConcurrentExecutions"));
        Assert.DoesNotContain("LIMITS_FAILURE", deployment.Variables.Keys);
        Assert.DoesNotContain("STORE", deployment.Variables.Keys);
    }

    [Theory]
    [InlineData("basic")]
    [InlineData("production")]
    public void ReservedConcurrency_OverridesThePreset(string preset)
    {
        var deployment = Deployments.Stack("us-east-1", $"Preset={preset}", "ReservedConcurrency=7");

        Assert.Equal("7", Function(deployment).Text("ReservedConcurrentExecutions"));
    }

    [Theory]
    [InlineData("none", 0, false)]
    [InlineData("alarms", 3, false)]
    [InlineData("full", 4, true)]
    public void Monitoring_AddsAlarmsAndDashboard(string monitoring, int alarms, bool hasBoard)
    {
        var deployment = Deployments.Stack("us-east-1", $"Monitoring={monitoring}");

        Assert.Equal(alarms, deployment.Resources.Values.Count(resource => resource.Text("Type") == "AWS::CloudWatch::Alarm"));
        Assert.Equal(hasBoard, deployment.Resources.ContainsKey("Board"));
        Assert.Equal(hasBoard ? "emf" : "off", deployment.Variables["METRICS"]);
    }

    [Fact]
    public void Dashboard_ShowsEachMetricOnce()
    {
        var board = Deployments.Stack("us-east-1", "Monitoring=full").Resources["Board"].Text("Properties", "DashboardBody")!;

        var widgets = JsonNode.Parse(board)!["widgets"]!.AsArray();
        var places = widgets.SelectMany(widget => Enumerable.Range((int)widget!["x"]!, (int)widget["width"]!)
            .Select(x => (x, y: (int)widget["y"]!))).ToList();

        Assert.Equal(places.Count, places.Distinct().Count());
        Assert.All(places, place => Assert.InRange(place.x, 0, 23));
        Assert.Single(widgets, widget => widget!.ToJsonString().Contains("100*cached/input", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EndpointName,VariantName", "EndpointName", "my-endpoint")]
    [InlineData("InferenceComponentName", "InferenceComponentName", "part", "InferenceComponentName=part")]
    [InlineData("InferenceComponentName", "InferenceComponentName", "my-endpoint-model", Deployments.Model, "EndpointScaleToZero=true")]
    public void Dashboard_CountsTheCallsOfTheEndpoint(string dimensions, string dimension, string value, params string[] settings)
    {
        string Search(string name, string statistic) =>
            $"SEARCH('{{AWS/SageMaker,{dimensions}}} {dimension}=\"{value}\" MetricName=\"{name}\"','{statistic}',300)";

        var expressions = EndpointMetrics(["Monitoring=full", .. settings]);

        Assert.Equal(
            [
                (Search("Invocations", "Sum"), null),
                (Search("Invocation4XXErrors", "Sum"), null),
                (Search("Invocation5XXErrors", "Sum"), null),
                (Search("ModelLatency", "Average"), "right"),
            ],
            expressions);
    }

    [Fact]
    public void Dashboard_WithoutAnEndpointName_HasNoEndpoint()
    {
        string[] models = ["EndpointName=", "Models=@models.json", "ResourceArns=arn:aws:sagemaker:us-east-1:123456789012:endpoint/a"];

        Assert.Empty(EndpointMetrics(["Monitoring=full", .. models]));
    }

    [Fact]
    public void AlarmEmail_ReceivesEachAlarm()
    {
        var resources = Deployments.Stack("us-east-1", "Monitoring=full", "AlarmEmail=ops@example.com").Resources;

        var alarms = resources.Values.Where(resource => resource.Text("Type") == "AWS::CloudWatch::Alarm").ToList();

        Assert.Equal("ops@example.com", resources["AlarmTopic"].Text("Properties", "Subscription", "0", "Endpoint"));
        Assert.All(alarms, alarm => Assert.Equal(["AlarmTopic"], alarm.Items("Properties", "AlarmActions")));
    }

    private static List<(string? Expression, string? Axis)> EndpointMetrics(string[] settings)
    {
        var board = Deployments.Stack("us-east-1", settings).Resources["Board"].Text("Properties", "DashboardBody")!;
        return
        [
            .. JsonNode.Parse(board)!["widgets"]!.AsArray()
                .Where(widget => ((string?)widget!["properties"]!["title"])!.StartsWith("Endpoint", StringComparison.Ordinal))
                .SelectMany(widget => widget!["properties"]!["metrics"]!.AsArray())
                .Select(metric => ((string?)metric![0]!["expression"], (string?)metric[0]!["yAxis"])),
        ];
    }

    private static Dictionary<string, object> Function(Deployment deployment) => deployment.Resources["Function"].Map("Properties");
}
