namespace LambdaChat.Configuration;

/// <summary>The help of the program.</summary>
internal static class ServerHelp
{
    public const string Text = """
        LambdaChat serves chat APIs for models on Amazon SageMaker, as a Lambda function or as a web server.

        dotnet run --project src/LambdaChat                starts the web server on the addresses of URLS
        dotnet run --project src/LambdaChat -- keys …      creates API keys; keys --help lists the commands
        dotnet run --project src/LambdaChat.Local          runs the function in emulators, without AWS

        The web server reads its settings from variables. It needs at least a model, a region and API keys:

          MODELS   [{"name":"r1","endpoint":"my-endpoint"}]
          AWS_REGION, and credentials: AWS_PROFILE or the other variables of the AWS SDK
          API_KEYS   the entry that keys create NAME prints

        src/docs/configuration.md lists all settings.
        """;
}
