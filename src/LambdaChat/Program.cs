using LambdaChat;
using LambdaChat.Authentication;
using LambdaChat.Authentication.Commands;
using LambdaChat.Chat;
using LambdaChat.Cors;
using LambdaChat.Errors;
using LambdaChat.Headers;
using LambdaChat.Lambda;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Observability;
using LambdaChat.Page;
using LambdaChat.SageMaker;
using LambdaChat.Store;
using LambdaChat.Telemetry;

if (args is ["keys", ..])
{
    return await KeysCommand.RunAsync(args[1..]);
}

try
{
    var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddSettings(args);
    builder.Logging.AddLogLines(builder.Configuration);
    builder.Services.AddTelemetry(builder.Configuration);
    builder.AddServer();
    builder.Services.AddRoutingCore();
    builder.Services.AddOrigins(builder.Configuration);
    builder.Services.AddStore(builder.Configuration);
    builder.Services.AddKeys(builder.Configuration);
    builder.Services.AddLimits(builder.Configuration);
    builder.Services.AddModels(builder.Configuration);
    builder.Services.AddSageMaker(builder.Configuration);
    builder.Services.AddChat(builder.Configuration);

    await using var app = builder.Build();
    app.UseTelemetry();
    app.UseSafeHeaders();
    app.UseErrors();
    app.UseOriginSecret();
    app.UseOrigins();
    app.UsePathAliases();
    app.UseRouting();
    app.UseKeys();
    app.MapPage();
    app.MapHealth();
    app.MapModels();
    app.MapChat();
    app.CheckLimits();
    app.CheckSettings();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    await LambdaServerExtensions.ReportInitErrorAsync(new InvocationError("Function.Configuration", exception.Message));
    return 1;
}
