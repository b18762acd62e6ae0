using LambdaChat;
using LambdaChat.Authentication.Cli;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Http;
using LambdaChat.Lambda;
using LambdaChat.Limits;
using LambdaChat.Rehearsal;

if (args is ["keys", ..])
{
    return await KeysCommand.RunAsync(args[1..], static json => LimitSet.Parse(json, "limits"));
}

var lambda = LambdaEnvironment.Read();
try
{
    await using var app = Function.Create(args, builder =>
    {
        if (lambda is not null)
        {
            var delay = builder.Configuration.GetCount("FLUSH_COMMENT_MS", fallback: 25, minimum: 0, maximum: 10_000);
            builder.AddLambdaServer(lambda, new LambdaServerSettings(TimeSpan.FromMilliseconds(delay)));
            builder.AddRehearsal(Function.Create);
        }
        else
        {
            builder.AddKestrelServer();
        }
    });
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    if (lambda is not null)
    {
        await LambdaServerExtensions.ReportInitErrorAsync(lambda, "Function.Configuration", exception.Message);
    }

    return 1;
}
