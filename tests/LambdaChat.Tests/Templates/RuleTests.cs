namespace LambdaChat.Tests.Templates;

/// <summary>What the rules refuse, each with its one sentence.</summary>
public sealed class RuleTests
{
    private const string Layer = "SecretsExtension=arn:aws:lambda:us-east-1:123456789012:layer:x:1";
    private const string Secret = "ApiKeysSecret=arn:aws:secretsmanager:us-east-1:123456789012:secret:k-abc123";
    private const string Origin = "OriginSecret=ssssssssssssssssssssssssssssssssssssssss";

    [Theory]
    [InlineData("This region has no function URLs", "cn-north-1")]
    [InlineData("This region has no function URLs", "me-central-1")]
    [InlineData("This region has no function URLs", "us-gov-west-1")]
    [InlineData("Nobody could call this", "us-east-1", "ApiKeys=")]
    [InlineData("There is no model", "us-east-1", "EndpointName=")]
    [InlineData("There is no model", "us-east-1", "EndpointName=", "Models=[{}]")]
    [InlineData("The endpoint that is made needs a name", "us-east-1", "Endpoint=create", "EndpointNameCapitals=X")]
    [InlineData("The endpoint that is made needs a name", "us-east-1", "Endpoint=create", "InferenceComponentName=x")]
    [InlineData("In China Hugging Face cannot be reached", "cn-north-1", "Entry=rest", "Endpoint=create")]
    [InlineData("In China Hugging Face cannot be reached", "cn-north-1", "Entry=rest", "Endpoint=create", "EndpointWeights=modelscope", "EndpointScaleToZero=true")]
    [InlineData("SageMaker's OpenAI route does not exist in China", "cn-north-1", "Entry=rest", "Transport=openai")]
    [InlineData("SnapStart cannot be used with the secrets extension", "us-east-1", "SnapStart=PublishedVersions", Layer, Secret)]
    [InlineData("SnapStart needs the managed runtime", "us-east-1", "SnapStart=PublishedVersions", "Runtime=provided.al2023")]
    [InlineData("SnapStart for .NET does not exist in China", "cn-north-1", "Entry=rest", "SnapStart=PublishedVersions")]
    [InlineData("Keys in Secrets Manager or Parameter Store", "us-east-1", Secret)]
    [InlineData("Keys in Secrets Manager or Parameter Store", "us-east-1", "ApiKeysParameter=/k")]
    [InlineData("SecretsExtension is of no use", "us-east-1", Layer)]
    [InlineData("Neither a browser nor CloudFront signs requests", "us-east-1", "Authorization=AWS_IAM", "Site=true", Origin)]
    [InlineData("An issuer's tokens are made out to many", "us-east-1", "JwtIssuer=https://i")]
    [InlineData("An issuer's tokens are made out to many", "us-east-1", "JwtScope=chat")]
    [InlineData("With Site=true the function must know", "us-east-1", "Site=true")]
    [InlineData("A domain of one's own needs a certificate", "us-east-1", "Site=true", Origin, "SiteDomain=a.example")]
    [InlineData("A domain of one's own needs a certificate", "cn-north-1", "Entry=rest", "Site=true", Origin)]
    [InlineData("Subnets and security groups go together", "us-east-1", "SubnetIds=subnet-0a1b2c3d")]
    [InlineData("Subnets and security groups go together", "us-east-1", "SecurityGroupIds=sg-0a1b2c3d")]
    public void WhatCannotWork_IsRefused(string sentence, string region, params string[] settings)
    {
        var deployment = Deployments.Stack(region, settings);

        Assert.StartsWith(sentence, Assert.Single(deployment.Refusals));
    }

    [Theory]
    [InlineData("us-east-1", "ApiKeys=", "Table=true")]
    [InlineData("us-east-1", "ApiKeys=", "Authorization=AWS_IAM")]
    [InlineData("us-east-1", "ApiKeys=", Layer, Secret)]
    [InlineData("us-east-1", "ApiKeys=", "JwtIssuer=https://i", "JwtAudience=a")]
    [InlineData("us-east-1", "Entry=rest")]
    [InlineData("cn-north-1", "Entry=rest", "Authorization=AWS_IAM")]
    [InlineData("us-east-1", "Site=true", Origin, "SiteDomain=a.example", "SiteCertificate=arn:aws:acm:us-east-1:123456789012:certificate/x")]
    [InlineData("us-east-1", "SnapStart=PublishedVersions", "SubnetIds=subnet-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d")]
    [InlineData("cn-northwest-1", "Entry=rest", "Endpoint=create", "EndpointWeights=s3://b/w/")]
    public void WhatWorks_IsNot(string region, params string[] settings) => Assert.Empty(Deployments.Stack(region, settings).Refusals);

    [Theory]
    [InlineData("Hugging Face cannot be reached from China", "cn-north-1")]
    [InlineData("CloudFormation cannot make inference components in China", "cn-north-1", "Weights=modelscope", "ScaleToZero=true")]
    [InlineData("Subnets need either VpcId", "us-east-1", "SubnetIds=subnet-0a1b2c3d")]
    [InlineData("Subnets need either VpcId", "us-east-1", "SubnetIds=subnet-0a1b2c3d", "VpcId=vpc-0a1b2c3d", "SecurityGroupIds=sg-0a1b2c3d")]
    [InlineData("A VPC or a security group is of no use", "us-east-1", "VpcId=vpc-0a1b2c3d")]
    public void EndpointThatCannotWork_IsRefused(string sentence, string region, params string[] settings)
    {
        var deployment = Deployments.Endpoint(region, settings);

        Assert.StartsWith(sentence, Assert.Single(deployment.Refusals));
    }

    [Theory]
    [InlineData("us-east-1", "DomainName=a.example")]
    [InlineData("cn-north-1")]
    public void SiteThatCannotWork_IsRefused(string region, params string[] settings) =>
        Assert.StartsWith("A domain of one's own", Assert.Single(Deployments.Site(region, settings).Refusals));

    [Theory]
    [InlineData("EndpointName=EMD-Model")]
    [InlineData("ApiKeys=me")]
    [InlineData("ApiKeys=me=sk-plain-key")]
    [InlineData("ModelName=a\"b")]
    [InlineData("Models={}")]
    [InlineData("EndpointWeights=s3://bucket/no-slash")]
    [InlineData("OriginSecret=short")]
    [InlineData("Timeout=901")]
    [InlineData("ReservedConcurrency=0")]
    [InlineData("RoleArns=arn:aws:iam::123456789012:role/*")]
    public void ValueOfTheWrongShape_IsRefused(string setting) => Assert.Throws<ArgumentException>(() => Deployments.Stack("us-east-1", setting));
}
