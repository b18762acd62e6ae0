namespace LambdaChat.Tests.Templates;

/// <summary>The nested stack that creates the endpoint of a model.</summary>
public sealed class EndpointStackTests
{
    [Theory]
    [InlineData("us-east-1", "763104351884.dkr.ecr.us-east-1.amazonaws.com/vllm:server-sagemaker-cuda-v2.3")]
    [InlineData("ap-east-1", "871362719292.dkr.ecr.ap-east-1.amazonaws.com/vllm:server-sagemaker-cuda-v2.3")]
    [InlineData("cn-northwest-1", "727897471807.dkr.ecr.cn-northwest-1.amazonaws.com.cn/vllm:server-sagemaker-cuda-v2.3")]
    [InlineData("us-gov-east-1", "446045086412.dkr.ecr.us-gov-east-1.amazonaws.com/vllm:server-sagemaker-cuda-v2.3")]
    [InlineData("us-gov-west-1", "442386744353.dkr.ecr.us-gov-west-1.amazonaws.com/vllm:server-sagemaker-cuda-v2.3")]
    [InlineData("us-east-1", "763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.36.0-lmi28.0.0-cu130", "Server=lmi")]
    [InlineData("us-east-1", "763104351884.dkr.ecr.us-east-1.amazonaws.com/sglang:server-sagemaker-cuda-v1", "Server=sglang")]
    [InlineData("us-east-1", "763104351884.dkr.ecr.us-east-1.amazonaws.com/own:1", "ImageRepository=own", "ImageTag=1")]
    public void Image_IsTheRegionsAndTheRoleMayPullIt(string region, string image, params string[] settings)
    {
        var deployment = Deployments.Endpoint(region, settings);

        var repository = image.Split('/', ':')[1];

        Assert.Equal(image, Container(deployment)["Image"]);
        Assert.EndsWith($":{image[..12]}:repository/{repository}", (string)deployment.Statements().ElementAt(1).Items("Resource").Single());
    }

    [Theory]
    [InlineData("vllm", "SM_VLLM_REASONING_PARSER=deepseek_r1", "SM_VLLM_TOOL_CALL_PARSER=hermes", "SM_VLLM_ENABLE_AUTO_TOOL_CHOICE=true")]
    [InlineData("vllm", "SM_VLLM_MAX_MODEL_LEN=16384")]
    [InlineData("sglang", "SM_SGLANG_REASONING_PARSER=deepseek-r1", "SM_SGLANG_TOOL_CALL_PARSER=qwen25", "SM_SGLANG_CONTEXT_LENGTH=16384", "SM_SGLANG_ENABLE_CACHE_REPORT=")]
    [InlineData("lmi", "OPTION_REASONING_PARSER=deepseek_r1", "OPTION_TOOL_CALL_PARSER=hermes", "OPTION_ENABLE_AUTO_TOOL_CHOICE=true")]
    [InlineData("lmi", "OPTION_MAX_MODEL_LEN=16384")]
    public void Server_ParsesReasoningAndToolCalls(string server, params string[] variables)
    {
        var environment = Container(Deployments.Endpoint("us-east-1", $"Server={server}")).Map("Environment");

        Assert.Empty(variables.Except(environment.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("huggingface", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", null, "false")]
    [InlineData("modelscope", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "true", "false")]
    [InlineData("s3://weights/r1/", "/opt/ml/model", null, "true")]
    public void Weights_HaveOneSource(string weights, string model, string? modelScope, string isIsolated)
    {
        var deployment = Deployments.Endpoint("us-east-1", $"Weights={weights}");

        var container = Container(deployment);

        Assert.Equal(model, container.Text("Environment", "SM_VLLM_MODEL"));
        Assert.Equal(modelScope, container.Text("Environment", "VLLM_USE_MODELSCOPE"));
        Assert.Equal(
            weights.StartsWith("s3:", StringComparison.Ordinal) ? weights : null,
            container.Text("ModelDataSource", "S3DataSource", "S3Uri"));
        Assert.Equal(isIsolated, deployment.Resources["ModelContainer"].Text("Properties", "EnableNetworkIsolation"));
    }

    [Fact]
    public void WeightsFromS3_AreReadableAlone()
    {
        var statements = Deployments.Endpoint("cn-north-1", "Weights=s3://weights/r1/7b/").Statements().ToList();

        string? Resource(string action) => statements.Single(statement => statement.Text("Action") == action).Text("Resource");
        Assert.Equal("arn:aws-cn:s3:::weights/r1/7b/*", Resource("s3:GetObject"));
        Assert.Equal("arn:aws-cn:s3:::weights", Resource("s3:ListBucket"));
    }

    [Fact]
    public void Variant_ScalesWithConcurrentReplies()
    {
        var resources = Deployments.Endpoint("us-east-1", "InstancesMax=4", "EndpointName=own").Resources;

        var variant = resources["Config"].Items("Properties", "ProductionVariants").Single();

        Assert.Equal("ModelContainer.ModelName", variant.Text("ModelName"));
        Assert.Equal("1800", variant.Text("ContainerStartupHealthCheckTimeoutInSeconds"));
        Assert.Equal("al2-ami-sagemaker-inference-gpu-3-1", variant.Text("InferenceAmiVersion"));
        Assert.Equal("endpoint/own/variant/AllTraffic", resources["VariantTarget"].Text("Properties", "ResourceId"));
        Assert.Equal("1", resources["VariantTarget"].Text("Properties", "MinCapacity"));
        Assert.Equal("4", resources["VariantTarget"].Text("Properties", "MaxCapacity"));
        Assert.DoesNotContain(resources.Keys, name => name.StartsWith("Component", StringComparison.Ordinal));
    }

    // SageMaker refuses another instance type for a variant that is registered as a scalable target.
    [Theory]
    [InlineData(false)]
    [InlineData(false, "InstancesMin=3", "InstancesMax=3")]
    [InlineData(true, "InstancesMin=2", "InstancesMax=3")]
    [InlineData(false, "InstancesMax=3", "ScaleToZero=true")]
    public void Variant_IsAScalableTargetIfItCanScale(bool isTarget, params string[] settings)
    {
        var resources = Deployments.Endpoint("us-east-1", settings).Resources;

        Assert.Equal((isTarget, isTarget), (resources.ContainsKey("VariantTarget"), resources.ContainsKey("VariantPolicy")));
    }

    [Theory]
    [InlineData("LEAST_OUTSTANDING_REQUESTS", null)]
    [InlineData("PREFIX_AWARE", "1024 16", "InstancesMax=2")]
    [InlineData("PREFIX_AWARE", "1024 16", "InstancesMax=2", "ScaleToZero=true")]
    [InlineData("PREFIX_AWARE", "4096 64", "Routing=PREFIX_AWARE", "PrefixLength=4096", "ConcurrencyThreshold=64")]
    [InlineData("KV_AWARE", null, "Routing=KV_AWARE", "InstancesMax=2")]
    [InlineData("LEAST_OUTSTANDING_REQUESTS", null, "Routing=LEAST_OUTSTANDING_REQUESTS", "InstancesMax=2")]
    [InlineData("RANDOM", null, "Routing=RANDOM", "InstancesMax=2", "ScaleToZero=true")]
    public void Routing_OfSeveralInstances_IsByPrefixUnlessSet(string strategy, string? prefix, params string[] settings)
    {
        var variant = Deployments.Endpoint("us-east-1", settings).Resources["Config"].Items("Properties", "ProductionVariants").Single();

        Assert.Equal(strategy, variant.Text("RoutingConfig", "RoutingStrategy"));
        var length = variant.Text("RoutingConfig", "PrefixAwareRoutingConfig", "PrefixLength");
        var threshold = variant.Text("RoutingConfig", "PrefixAwareRoutingConfig", "ConcurrencyThreshold");
        Assert.Equal(prefix, length is null ? null : $"{length} {threshold}");
    }

    [Fact]
    public void ScaleToZero_RemovesAllCopiesAndAddsOne()
    {
        var resources = Deployments.Endpoint("us-east-1", "ScaleToZero=true", "EndpointName=own", "InstancesMax=2").Resources;

        var variant = resources["Config"].Items("Properties", "ProductionVariants").Single();

        Assert.Null(variant.At("ModelName"));
        Assert.Equal("0", variant.Text("ManagedInstanceScaling", "MinInstanceCount"));
        Assert.Equal("2", variant.Text("ManagedInstanceScaling", "MaxInstanceCount"));
        Assert.Equal("own-model", resources["Component"].Text("Properties", "InferenceComponentName"));
        Assert.Equal("1", resources["Component"].Text("Properties", "RuntimeConfig", "CopyCount"));
        Assert.Equal("inference-component/own-model", resources["ComponentTarget"].Text("Properties", "ResourceId"));
        Assert.Equal("0", resources["ComponentTarget"].Text("Properties", "MinCapacity"));
        Assert.Equal("NoCapacityInvocationFailures", resources["WakeAlarm"].Text("Properties", "MetricName"));
        Assert.Equal("own-model", resources["WakeAlarm"].Text("Properties", "Dimensions", "0", "Value"));
        Assert.Equal("WakePolicy", resources["WakeAlarm"].Text("Properties", "AlarmActions", "0"));
        Assert.DoesNotContain("VariantTarget", resources.Keys);
    }

    [Fact]
    public void Network_AllowsNoInboundTraffic()
    {
        var made = Deployments.Endpoint("us-east-1", "SubnetIds=subnet-0a1b2c3d,subnet-0a1b2c3e", "VpcId=vpc-0a1b2c3d").Resources;
        string[] existing = ["SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d", "ScaleToZero=true"];
        var own = Deployments.Endpoint("us-east-1", existing).Resources;

        Assert.Null(made["SecurityGroup"].At("Properties", "SecurityGroupIngress"));
        Assert.Equal(["subnet-0a1b2c3d", "subnet-0a1b2c3e"], made["ModelContainer"].Items("Properties", "VpcConfig", "Subnets"));
        Assert.Equal("SecurityGroup.GroupId", made["ModelContainer"].Text("Properties", "VpcConfig", "SecurityGroupIds", "0"));
        Assert.Equal("sg-0a1b2c3d", own["Config"].Text("Properties", "VpcConfig", "SecurityGroupIds", "0"));
        Assert.Null(Deployments.Endpoint("us-east-1").Resources["ModelContainer"].At("Properties", "VpcConfig"));
    }

    [Fact]
    public void HuggingFaceToken_ComesFromASecret()
    {
        var environment = Container(Deployments.Endpoint("us-east-1", $"HuggingFaceTokenSecret={Deployments.Secret}")).Map("Environment");

        Assert.Equal($"{{{{resolve:secretsmanager:{Deployments.Secret}:SecretString}}}}", environment["HF_TOKEN"]);
        Assert.DoesNotContain("HF_TOKEN", Container(Deployments.Endpoint("us-east-1")).Map("Environment").Keys);
    }

    [Theory]
    [InlineData("us-east-1", null)]
    [InlineData("cn-north-1", "true")]
    public void Weights_AreFromModelScopeInChina(string region, string? modelScope)
    {
        var nested = Deployments.Stack(region, Deployments.Model).Nested("EndpointStack");

        Assert.Equal(modelScope, Container(nested).Text("Environment", "VLLM_USE_MODELSCOPE"));
    }

    private static Dictionary<string, object> Container(Deployment deployment) =>
        deployment.Resources["ModelContainer"].Map("Properties", "PrimaryContainer");
}
