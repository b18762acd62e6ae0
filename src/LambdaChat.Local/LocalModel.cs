using System.Text.Json;
using System.Text.Json.Nodes;
using LambdaChat.Local.Hosting;

namespace LambdaChat.Local;

/// <summary>The model of the function.</summary>
/// <param name="Name">The public name. With several models in <c>MODELS</c>, the first one.</param>
/// <param name="ServedName">The name on the model server; null to forward the public name.</param>
/// <param name="IsOwn">True if the user's variable <c>MODELS</c> describes the models.</param>
internal sealed record LocalModel(string Name, string? ServedName, bool IsOwn = false)
{
    private const string Variable = "MODELS";

    /// <summary>Finds the model in <c>MODELS</c>, the options, or on the model server, in this order.</summary>
    /// <exception cref="LocalException">The options conflict with <c>MODELS</c>, or the model server does not name one model.</exception>
    public static async Task<LocalModel> FindAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } json)
        {
            return options.ModelOption is { } option
                ? throw new LocalException($"--{option} cannot be combined with the variable {Variable}.")
                : new LocalModel(FirstName(json) ?? "MODEL", ServedName: null, IsOwn: true);
        }

        if (options.OpenAI is not [var server, ..])
        {
            return new LocalModel(options.Model, options.ServedName);
        }

        var served = options.ServedName ?? await ServedModel.FindAsync(server, options.OpenAIKey, cancellationToken);
        return new LocalModel(options.HasModel ? options.Model : served, served);
    }

    // The function validates the variable. Here a name for the sample request is enough.
    private static string? FirstName(string json)
    {
        try
        {
            return (string?)JsonNode.Parse(json)?[0]?["name"];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
