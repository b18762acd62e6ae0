using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.Benchmarks.Bars;

/// <summary>An issuer with one RSA key of 2048 bits.</summary>
internal sealed class BarsIssuer : IAsyncDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, 0);

    private BarsIssuer() => _app.Run(context => context.Response.WriteAsync(context.Request.Path == "/keys"
        ? $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"1","n":"{{Base64Url.EncodeToString(_rsa.ExportParameters(false).Modulus)}}","e":"AQAB"}]}"""
        : $$"""{"issuer":"{{Url}}","jwks_uri":"{{Url}}/keys"}"""));

    public Dictionary<string, string> Variables => new() { ["JWT_ISSUER"] = Url, ["JWT_AUDIENCE"] = "bars", ["JWT_SCOPE"] = "chat" };

    private string Url => _app.UrlToCall().ToString().TrimEnd('/');

    public static async Task<BarsIssuer> StartAsync()
    {
        var issuer = new BarsIssuer();
        await issuer._app.ListenAsync(IPAddress.Loopback, 0);
        return issuer;
    }

    public string Token()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims =
            $$"""{"iss":"{{Url}}","aud":"bars","sub":"bars","scope":"openid chat","iat":{{now}},"nbf":{{now}},"exp":{{now + 86_400}}}""";
        var text =
            $"{Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT","kid":"1"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{text}.{Base64Url.EncodeToString(_rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The processor time of one verification, in ms.</summary>
    public double MeasureVerification(int times)
    {
        var text = new byte[400];
        var signature = _rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var process = Process.GetCurrentProcess();
        var before = ProcessorTime.Of(process);
        for (var i = 0; i < times * 10; i++)
        {
            _rsa.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        return (ProcessorTime.Of(process) - before).TotalMilliseconds / (times * 10);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopNowAsync();
        _rsa.Dispose();
    }
}
