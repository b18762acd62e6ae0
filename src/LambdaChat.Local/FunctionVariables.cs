using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime.CredentialManagement;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Signing;

namespace LambdaChat.Local;

/// <summary>The environment variables that configure the function.</summary>
internal static class FunctionVariables
{
    /// <param name="sageMaker">Address of the emulator; null for the real SageMaker.</param>
    /// <exception cref="LocalException">The AWS profile does not exist, or no region is set.</exception>
    public static Dictionary<string, string> Create(LocalOptions options, string key, Uri? sageMaker)
    {
        var variables = new Dictionary<string, string>
        {
            ["MODELS"] = new JsonArray(CreateModel(options)).ToJsonString(),
            ["API_KEYS"] = $"local={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}",
        };
        if (options.Concurrency > 1)
        {
            variables["STORE"] = "memory"; // One process serves all requests, so its memory is enough.
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

    private static JsonObject CreateModel(LocalOptions options)
    {
        var model = new JsonObject { ["name"] = options.Model, ["endpoint"] = options.Endpoint ?? "local" };
        AddIfSet(model, "inferenceComponent", options.Component);
        AddIfSet(model, "servedName", options.ServedName);
        return model;
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
