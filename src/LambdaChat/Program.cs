using LambdaChat.Api;
using LambdaChat.Api.Models;
using LambdaChat.Authentication;
using LambdaChat.Authentication.Cli;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Http;
using LambdaChat.Lambda;
using LambdaChat.Lambda.RuntimeApi;
using LambdaChat.Limits;
using LambdaChat.Page;
using LambdaChat.Telemetry;
using LambdaChat.Telemetry.Logging;
using LambdaChat.Upstream;

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
    builder.Services.AddCorsPolicy(builder.Configuration);
    builder.Services.AddDynamoTable(builder.Configuration);
    builder.Services.AddApiAuthentication(builder.Configuration);
    builder.Services.AddLimits(builder.Configuration);
    builder.Services.AddModels(builder.Configuration);
    builder.Services.AddUpstream(builder.Configuration);
    builder.Services.AddApis(builder.Configuration);

    await using var app = builder.Build();
    app.UseTelemetry();
    app.UseSecurityHeaders();
    app.UseErrors();
    app.UseOriginSecret();
    app.UseCorsPolicy();
    app.UsePathAliases();
    app.UseRouting();
    app.UseApiAuthentication();
    app.MapPage();
    app.MapHealth();
    app.MapModels();
    app.MapApis();
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
