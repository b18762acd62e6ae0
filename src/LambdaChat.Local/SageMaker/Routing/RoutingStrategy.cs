namespace LambdaChat.Local.SageMaker.Routing;

/// <summary>
/// How an endpoint selects an instance. Source:
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
/// </summary>
internal enum RoutingStrategy
{
    /// <summary>Any instance.</summary>
    Random,

    /// <summary>The instance with the fewest calls that are not finished.</summary>
    LeastOutstandingRequests,

    /// <summary>The instance that the start of the prompt and the routing hint select, up to a number of calls.</summary>
    PrefixAware,

    /// <summary>The instance that has most of the prompt in its cache, weighed against its calls.</summary>
    KvAware,
}
