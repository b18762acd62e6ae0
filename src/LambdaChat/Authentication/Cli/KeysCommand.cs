using System.Runtime.CompilerServices;
using Amazon.Runtime;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Cli;

/// <summary>
/// <c>keys …</c>: creates API keys and manages those of the table. The exit code is 0 for success, 1 for a failure and 2 for an invalid
/// command line.
/// </summary>
internal static class KeysCommand
{
    public const string Usage = """
        dotnet run --project src/LambdaChat -- keys …

          create NAME [--expires 90d|2027-01-01] [--models a,b] [--origins https://a.example,…] [--limits JSON]
          list
          disable NAME, enable NAME
          rotate NAME [--grace 1d]   creates a new key; the old one stays valid for a day, or for the given time: 0d, 12h
          limit NAME JSON|none       in the format of LIMITS, for example {"requestsPerMinute":60}
          remove NAME

        Keys are stored in the DynamoDB table that TABLE or --table names. The command uses the credentials and the
        region of the AWS_* variables, or of the AWS profile.
        Without a table, create prints an entry for API_KEYS. create and rotate show a key once. Only its hash is stored.
        """;

    // The SDK's error, which has no type of its own.
    private const string NoRegion = "No RegionEndpoint or ServiceURL configured";

    /// <param name="checkLimits">Throws <see cref="ConfigurationException"/> if a key's limits are invalid.</param>
    [MethodImpl(MethodImplOptions.NoInlining)] // The command's code is loaded only if it is called.
    public static async Task<int> RunAsync(string[] args, Action<string> checkLimits)
    {
        try
        {
            if (args is [] or ["--help" or "-h" or "help", ..])
            {
                Console.WriteLine(Usage);
                return args.Length == 0 ? 2 : 0;
            }

            var line = KeysCommandLine.Parse(args, checkLimits);
            await RunAsync(line);
            return 0;
        }
        catch (UsageException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} Run keys --help for help.");
            return 2;
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (AmazonClientException exception) when (exception.Message.StartsWith(NoRegion, StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync("No region is set. Set AWS_REGION, or the region of the AWS profile.");
            return 1;
        }
        catch (Exception exception) when (TableItems.IsFailure(exception))
        {
            await Console.Error.WriteLineAsync($"The table returned an error or could not be reached: {exception.Message}");
            return 1;
        }
    }

    private static async Task RunAsync(KeysCommandLine line)
    {
        if (line.Table is null)
        {
            Console.WriteLine(NewKeyOutput.ForVariable(line));
            return;
        }

        using var table = new DynamoTable(line.Table);
        await new KeyAdministration(new KeyDirectory(table), TimeProvider.System, Console.WriteLine).RunAsync(line);
    }
}

/// <summary>The command line is invalid. The message is one sentence for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
