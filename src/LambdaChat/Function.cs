using LambdaChat.Api;
using LambdaChat.Api.Models;
using LambdaChat.Authentication;
using LambdaChat.Aws.DynamoDb;
using LambdaChat.Configuration;
using LambdaChat.Http;
using LambdaChat.Limits;
using LambdaChat.Models;
using LambdaChat.Page;
using LambdaChat.ReplyStore;
using LambdaChat.Telemetry;
using LambdaChat.Upstream;
using LambdaChat.Upstream.Retries;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LambdaChat;

/// <summary>The application: its services, middleware and endpoints.</summary>
internal static class Function
{
    /// <summary>Builds the application for any server.</summary>
    /// <param name="args">Command-line settings. They override environment variables.</param>
    /// <param name="addServer">Registers the <see cref="Microsoft.AspNetCore.Hosting.Server.IServer"/>.</param>
    /// <exception cref="ConfigurationException">A setting is missing or invalid.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder> addServer) =>
        Create(builder => builder.AddSettings(args), addServer);

    /// <summary>Builds the application from any settings.</summary>
    /// <param name="addSettings">Adds the sources of the settings.</param>
    /// <param name="addServer">Registers the server, and services that replace others.</param>
    /// <exception cref="ConfigurationException">A setting is missing or invalid.</exception>
    public static WebApplication Create(Action<WebApplicationBuilder> addSettings, Action<WebApplicationBuilder> addServer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        addSettings(builder);
        builder.Logging.AddLogLines(builder.Configuration);
        builder.Services.AddTelemetry(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddRoutingCore();
        builder.Services.AddCorsPolicy(builder.Configuration);
        builder.Services.AddDynamoTable(builder.Configuration);
        builder.Services.AddApiAuthentication(builder.Configuration);
        builder.Services.AddLimits(builder.Configuration);
        builder.Services.AddModels(builder.Configuration);
        builder.Services.AddUpstream();
        builder.Services.AddRetries(builder.Configuration);
        builder.Services.AddReplyStore(builder.Configuration);
        builder.Services.AddApis(builder.Configuration);
        addServer(builder);

        var app = builder.Build();
        app.UseTelemetry();
        app.UseSecurityHeaders();
        app.UseErrors();
        app.UseOriginSecret();
        app.UseCorsPolicy();
        app.UsePathAliases();
        app.UseRouting();
        app.UseApiAuthentication();
        app.MapPage(app.Configuration);
        app.MapHealth();
        ModelEndpoints.Map(app);
        app.MapApis();
        app.CheckLimits();
        app.CheckSettings();
        return app;
    }
}
