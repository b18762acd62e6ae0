namespace LambdaChat.Aws.DynamoDb;

internal static class DynamoTableExtensions
{
    /// <summary>Registers the <see cref="DynamoTable"/> where <c>TABLE</c> names one.</summary>
    public static void AddDynamoTable(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["TABLE"] is { Length: > 0 } name)
        {
            services.AddSingleton(new DynamoTable(name));
        }
    }
}
