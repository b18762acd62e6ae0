using System.Runtime.CompilerServices;
using Amazon.Runtime;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Authentication.Cli;

/// <summary>
/// <c>keys …</c>: makes keys, and keeps those of the table. Ends with 0 where it was done, 1 where it could not be, 2 where the command line is wrong.
/// </summary>
internal static class KeysCommand
{
    public const string Usage = """
        dotnet run --project src/LambdaChat -- keys …

          create NAME [--expires 90d|2027-01-01] [--models a,b] [--origins https://a.example,…] [--limits JSON]
          list
          disable NAME, enable NAME
          rotate NAME [--grace 1d]   a new key; the old one is good for a day more, or as long as is said: 0d, 12h
          limit NAME JSON|none       as LIMITS has them, for example {"requestsPerMinute":60}
          remove NAME

        They are kept in the DynamoDB table that TABLE or --table names, with the credentials and the region of the AWS_* variables. Without a table
        create prints an entry for API_KEYS. A key is shown once, by create and rotate; only its hash is kept.
        """;

    /// <param name="checkLimits">Throws <see cref="ConfigurationException"/> if a key's limits are invalid.</param>
    [MethodImpl(MethodImplOptions.NoInlining)] // Keeps the command's code out of the function's start.
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
            await Console.Error.WriteLineAsync($"{exception.Message} keys --help says how.");
            return 2;
        }
        catch (Exception exception) when (exception is ConfigurationException or AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(exception is ConfigurationException ? exception.Message : $"The table could not be asked: {exception.Message}");
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

/// <summary>The command line is wrong. The message is one sentence, fit to show.</summary>
internal sealed class UsageException(string message) : Exception(message);
