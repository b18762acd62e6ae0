using LambdaChat;
using LambdaChat.Authentication.Cli;
using LambdaChat.Configuration;
using LambdaChat.Hosting;
using LambdaChat.Kestrel;
using LambdaChat.Lambda;
using LambdaChat.Limits;
using LambdaChat.Rehearsal;
using LambdaChat.Telemetry.Logging;

if (args is ["keys", ..])
{
    return await KeysCommand.RunAsync(args[1..], static json => LimitSet.Parse(json, "limits"));
}

if (ServerArguments.AsksForHelp(args))
{
    Console.WriteLine(ServerHelp.Text);
    return 0;
}

var lambda = LambdaEnvironment.Read();
try
{
    if (lambda is null)
    {
        ServerArguments.Check(args);
    }

    await using var app = Function.Create(args, builder =>
    {
        if (lambda is not null)
        {
            builder.AddLambdaServer(lambda, LambdaServerSettings.Read(builder.Configuration));
            builder.AddRehearsal(Function.Create);
        }
        else
        {
            builder.AddKestrelServer();
        }
    });
    await (lambda is null ? app.RunKestrelAsync() : app.RunAsync());
    return Environment.ExitCode;
}
catch (ConfigurationException exception)
{
    if (lambda is null)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }

    StartLog.Write(exception.Message);
    await LambdaServerExtensions.ReportInitErrorAsync(lambda, "Function.Configuration", exception.Message);
    return 1;
}
