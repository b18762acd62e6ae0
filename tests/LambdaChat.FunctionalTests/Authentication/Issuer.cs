using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Local.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LambdaChat.FunctionalTests.Authentication;

/// <summary>An OpenID Connect issuer on a loopback port, with metadata, a key set and signed tokens.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    public const string Audience = "lambdachat";
    public const string Subject = "user-1";

    private readonly WebApplication _app = LoopbackServer.Create(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _asked = new();

    private Issuer()
    {
        _app.Run(AnswerAsync);
    }

    public string Url => _app.UrlToCall().ToString().TrimEnd('/');

    /// <summary>The keys of the key set.</summary>
    public IReadOnlyList<IssuerKey> Keys { get; private set; } = [IssuerKey.Rsa("rsa-1"), IssuerKey.Ec("ec-1")];

    public IssuerKey Rsa => Keys[0];

    public IssuerKey Ec => Keys[1];

    /// <summary>The requested paths.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>False to respond with 503 only.</summary>
    public bool IsUp { get; set; } = true;

    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        await issuer._app.ListenAsync(IPAddress.Loopback, 0);
        return issuer;
    }

    /// <summary>Replaces the keys of the key set.</summary>
    public void Rotate(string suffix) => Keys = [IssuerKey.Rsa($"rsa-{suffix}"), IssuerKey.Ec($"ec-{suffix}")];

    /// <summary>
    /// The claims of a token that is valid for an hour. Members replace claims of the same name, and null removes a claim.
    /// </summary>
    public JsonObject Claims(string members = "{}")
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Url,
            ["aud"] = Audience,
            ["sub"] = Subject,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 3600,
            ["scope"] = "openid chat",
            ["team"] = "red",
        };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            claims.Remove(name);
            if (value is not null)
            {
                claims[name] = value.DeepClone();
            }
        }

        return claims;
    }

    /// <summary>A token signed by this issuer.</summary>
    public string Token(string members = "{}", string algorithm = "RS256", IssuerKey? key = null) =>
        (key ?? (algorithm[0] == 'E' ? Ec : Rsa)).Sign(algorithm, Claims(members));

    public ValueTask DisposeAsync() => _app.StopNowAsync();

    private Task AnswerAsync(HttpContext context)
    {
        _asked.Enqueue(context.Request.Path.Value!);
        if (!IsUp)
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => $$"""{"issuer":"{{Url}}","jwks_uri":"{{Url}}/keys"}""",
            "/keys" => new JsonObject { ["keys"] = new JsonArray([.. Keys.Select(key => key.Public)]) }.ToJsonString(),
            _ => "{}",
        });
    }
}

/// <summary>A key pair of an issuer or of a forger.</summary>
internal sealed class IssuerKey(string id, AsymmetricAlgorithm pair)
{
    public AsymmetricAlgorithm Pair => pair;

    /// <summary>The key as in the key set.</summary>
    public JsonObject Public => pair switch
    {
        RSA rsa when rsa.ExportParameters(false) is var values =>
            new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = id,
                ["n"] = Text(values.Modulus!),
                ["e"] = Text(values.Exponent!)
            },
        ECDsa ec when ec.ExportParameters(false).Q is var point =>
            new JsonObject
            {
                ["kty"] = "EC",
                ["use"] = "sig",
                ["kid"] = id,
                ["crv"] = "P-256",
                ["x"] = Text(point.X!),
                ["y"] = Text(point.Y!)
            },
        _ => throw new NotSupportedException(),
    };

    public static IssuerKey Rsa(string id) => new(id, RSA.Create(2048));

    public static IssuerKey Ec(string id) => new(id, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A token. The members are added to its header, and null removes a member.</summary>
    public string Sign(string algorithm, JsonObject claims, string header = "{}")
    {
        var members = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = id };
        foreach (var (name, value) in JsonNode.Parse(header)!.AsObject())
        {
            members.Remove(name);
            if (value is not null)
            {
                members[name] = value.DeepClone();
            }
        }

        var text = $"{Text(Encoding.UTF8.GetBytes(members.ToJsonString()))}.{Text(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Text(Signature(algorithm, Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>A token with any signature.</summary>
    public static string Forge(string header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var text = $"{Text(Encoding.UTF8.GetBytes(header))}.{Text(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Text(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private byte[] Signature(string algorithm, byte[] text) => (algorithm[..2], pair) switch
    {
        ("RS", RSA rsa) => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ("PS", RSA rsa) => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ("ES", ECDsa ec) => ec.SignData(text, HashAlgorithmName.SHA256),
        _ => throw new NotSupportedException(),
    };

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
