namespace LambdaChat.Authentication;

internal static class AuthenticationExtensions
{
    /// <exception cref="ConfigurationException">There is no key and the API is not opened by name.</exception>
    public static void AddKeys(this IServiceCollection services, IConfiguration configuration)
    {
        var keys = ApiKeys.Parse(configuration.ReadText("API_KEYS"));
        var isOpen = string.Equals(configuration["OPEN_ACCESS"], "true", StringComparison.OrdinalIgnoreCase);
        if (keys.IsEmpty && !isOpen)
        {
            throw new ConfigurationException("No API key is configured: set API_KEYS to name=<SHA-256 of a key>, or OPEN_ACCESS=true to let everybody in.");
        }

        services.AddSingleton(new Admission(keys, isOpen));
    }

    /// <summary>Behind routing, in front of every endpoint.</summary>
    public static void UseKeys(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<Admission>().InvokeAsync);
}
