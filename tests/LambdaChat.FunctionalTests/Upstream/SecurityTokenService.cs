using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using LambdaChat.Local.Hosting;
using LambdaChat.Local.SageMaker.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Upstream;

/// <summary>
/// An AWS STS that knows two roles: one may be assumed, the other not.
/// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
/// </summary>
internal sealed class SecurityTokenService : IAsyncDisposable
{
    public const string Role = "arn:aws:iam::123456789012:role/models/caller";
    public const string ClosedRole = "arn:aws:iam::123456789012:role/closed";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, port: 0);
    private readonly EmulatorCredentials _session;

    private SecurityTokenService(EmulatorCredentials session)
    {
        _session = session;
        _app.MapPost("/", AnswerAsync);
    }

    public Uri Address => _app.UrlToCall();

    /// <summary>The access key of each call so far, and the role's session that it requested.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <param name="session">The credentials of the role's session.</param>
    public static async Task<SecurityTokenService> StartAsync(EmulatorCredentials session)
    {
        var service = new SecurityTokenService(session);
        await service._app.ListenAsync(IPAddress.Loopback, port: 0);
        return service;
    }

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    // The head of a response follows its request after a pause, and the body follows the head after a pause.
    private static async Task PauseAsync(HttpContext context)
    {
        await Task.Delay(Pause);
        await context.Response.Body.FlushAsync();
        await Task.Delay(Pause);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var credential = context.Request.Headers.Authorization.ToString().Split("Credential=")[1].Split('/');
        Calls.Enqueue($"{form["Action"]} {form["RoleSessionName"]} by {credential[0]} at {credential[3]}");
        context.Response.ContentType = "text/xml";
        if (form["RoleArn"] != Role)
        {
            context.Response.StatusCode = 403;
            await PauseAsync(context);
            await context.Response.WriteAsync($"""
                <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
                <Message>User is not authorized to perform: sts:AssumeRole on resource: {form["RoleArn"]}</Message></Error><RequestId>r</RequestId></ErrorResponse>
                """);
            return;
        }

        await PauseAsync(context);
        await context.Response.WriteAsync($"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
            <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/caller/x</Arn></AssumedRoleUser>
            <Credentials><AccessKeyId>{_session.AccessKeyId}</AccessKeyId><SecretAccessKey>{_session.SecretAccessKey}</SecretAccessKey>
            <SessionToken>{_session.SessionToken}</SessionToken><Expiration>{DateTime.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}</Expiration></Credentials>
            </AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>
            """);
    }
}
