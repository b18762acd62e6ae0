using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime.CredentialManagement;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Scripts;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Local;

/// <summary>The environment variables that configure the function.</summary>
internal static class FunctionVariables
{
    /// <param name="sageMaker">Address of the emulator; null for the real SageMaker.</param>
    /// <exception cref="LocalException">The AWS profile does not exist, no region is set, or API_KEYS names a file.</exception>
    public static Dictionary<string, string> Create(LocalOptions options, LocalModel model, string key, Uri? sageMaker)
    {
        var variables = new Dictionary<string, string> { ["API_KEYS"] = AddKey(Environment.GetEnvironmentVariable("API_KEYS"), key) };
        if (!model.IsOwn)
        {
            variables["MODELS"] = new JsonArray(CreateModel(options, model)).ToJsonString();
        }

        if (options.Concurrency > 1)
        {
            AddUnlessOwn(variables, "STORE", "memory"); // One process serves all requests, so its memory is enough.
        }

        if (options.HasScriptedModel)
        {
            AddUnlessOwn(variables, "PAGE_EXAMPLES", JsonSerializer.Serialize(Script.Questions));
        }

        if (options.UserArn is not null)
        {
            variables["IAM_ACCESS"] = "true";
        }

        if (sageMaker is null)
        {
            AddProfile(variables, options.Profile);
            variables["AWS_REGION"] = FindRegion(options);
            return variables;
        }

        variables["AWS_REGION"] = "us-east-1";
        variables["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = sageMaker.ToString();
        var (accessKeyId, secretAccessKey, sessionToken) = EmulatorCredentials.Default;
        AddCredentials(variables, accessKeyId, secretAccessKey, sessionToken);
        return variables;
    }

    // The keys of the user remain valid. The command prints its own, because only the hashes of the others are known.
    private static string AddKey(string? own, string key)
    {
        var entry = $"local={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
        return own switch
        {
            null or "" => entry,
            ['@', ..] => throw new LocalException("API_KEYS must contain the entries here, and not the name of a file."),
            _ => $"{own},{entry}",
        };
    }

    // The function inherits the variables of the user.
    private static void AddUnlessOwn(Dictionary<string, string> variables, string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
        {
            variables[name] = value;
        }
    }

    private static JsonObject CreateModel(LocalOptions options, LocalModel model)
    {
        var entry = new JsonObject { ["name"] = model.Name, ["endpoint"] = options.Endpoint ?? "local" };
        AddIfSet(entry, "inferenceComponent", options.Component);
        AddIfSet(entry, "servedName", model.ServedName);
        return entry;
    }

    // The order of the AWS CLI: option, environment variables, profile.
    private static string FindRegion(LocalOptions options) =>
        options.Region
        ?? Environment.GetEnvironmentVariable("AWS_REGION")
        ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
        ?? FindProfile(options.Profile ?? Environment.GetEnvironmentVariable("AWS_PROFILE") ?? "default")?.Region?.SystemName
        ?? throw new LocalException("No region is set. Set --region, AWS_REGION, or the region of the AWS profile.");

    // As in the AWS CLI, the option overrides credentials in environment variables.
    private static void AddProfile(Dictionary<string, string> variables, string? profile)
    {
        if (profile is null)
        {
            return;
        }

        if (FindProfile(profile) is null)
        {
            throw new LocalException($"The AWS profile {profile} does not exist.");
        }

        variables["AWS_PROFILE"] = profile;
        AddCredentials(variables, "", "", "");
    }

    private static CredentialProfile? FindProfile(string name) =>
        new CredentialProfileStoreChain().TryGetProfile(name, out var profile) ? profile : null;

    private static void AddCredentials(
        Dictionary<string, string> variables, string accessKeyId, string secretAccessKey, string sessionToken)
    {
        variables["AWS_ACCESS_KEY_ID"] = accessKeyId;
        variables["AWS_SECRET_ACCESS_KEY"] = secretAccessKey;
        variables["AWS_SESSION_TOKEN"] = sessionToken;
    }

    private static void AddIfSet(JsonObject model, string name, string? value)
    {
        if (value is not null)
        {
            model[name] = value;
        }
    }
}
