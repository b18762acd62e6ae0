using LambdaChat;
using LambdaChat.Authentication;
using LambdaChat.Chat;
using LambdaChat.Cors;
using LambdaChat.Errors;
using LambdaChat.Lambda;
using LambdaChat.Models;
using LambdaChat.Observability;
using LambdaChat.SageMaker;
using LambdaChat.Store;
using LambdaChat.Telemetry;

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
    builder.Services.AddModels(builder.Configuration);
    builder.Services.AddSageMaker(builder.Configuration);
    builder.Services.AddChat(builder.Configuration);

    await using var app = builder.Build();
    app.UseTelemetry();
    app.UseErrors();
    app.UseOrigins();
    app.UsePathAliases();
    app.UseRouting();
    app.UseKeys();
    app.MapHealth();
    app.MapModels();
    app.MapChat();
    app.LogSettings();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (ConfigurationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    await LambdaServerExtensions.ReportInitErrorAsync(new InvocationError("Function.Configuration", exception.Message));
    return 1;
}
