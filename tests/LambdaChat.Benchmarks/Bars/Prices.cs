namespace LambdaChat.Benchmarks.Bars;

/// <summary>
/// List prices of us-east-1 on x86_64, in USD, as known in November 2026. Sources: https://aws.amazon.com/lambda/pricing/,
/// https://aws.amazon.com/fargate/pricing/, https://aws.amazon.com/ec2/pricing/on-demand/,
/// https://aws.amazon.com/elasticloadbalancing/pricing/, https://aws.amazon.com/vpc/pricing/
/// </summary>
internal static class Prices
{
    public const double HoursPerMonth = 730;
    public const double DaysPerMonth = HoursPerMonth / 24;

    public const double LambdaGigabyteSecond = 0.0000166667;
    public const double LambdaRequest = 0.0000002;

    /// <summary>The smallest task: a quarter of a virtual CPU and 0.5 GB, with a load balancer and a public address.</summary>
    public const double FargateMonth = (HoursPerMonth * ((0.25 * 0.04048) + (0.5 * 0.004445))) + LoadBalancerMonth;

    /// <summary>One instance c7i.large (2 virtual CPUs, 4 GB), with the fee of Managed Instances.</summary>
    public const double InstanceMonth = HoursPerMonth * 0.08925 * 1.15;

    // An application load balancer and one public IPv4 address.
    private const double LoadBalancerMonth = HoursPerMonth * (0.0225 + 0.005);
}
