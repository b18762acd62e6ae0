using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using LambdaChat.Authentication.Callers;
using LambdaChat.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace LambdaChat.Authentication.Jwt;

internal static class JwtExtensions
{
    public const string Scheme = "Bearer";

    private const int MaximumMetadata = 1024 * 1024; // Bytes.

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    // Only asymmetric algorithms: the issuer's keys are public, so anyone could sign with them as a shared secret.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Registers the framework's bearer handler and the services that it needs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // Its assemblies are loaded only if it is called.
    public static void AddJwt(this IServiceCollection services, JwtSettings settings, bool isSnapStart)
    {
        // WebApplication adds the framework's authentication middleware if there are schemes. Without a default scheme the middleware does
        // nothing.
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        services.AddSingleton(settings);
        services.AddSingleton<IDocumentRetriever>(CreateRetriever(settings));
        services.AddSingleton<SigningKeys>();
        if (isSnapStart)
        {
            services.AddSingleton<ISnapshotHook>(provider => provider.GetRequiredService<SigningKeys>());
        }
        else
        {
            services.AddHostedService(provider => provider.GetRequiredService<SigningKeys>());
        }

        services.AddSingleton<JwtValidator>();
        services.TryAddSingleton(UrlEncoder.Default);
        services.AddAuthenticationCore();
        new AuthenticationBuilder(services).AddScheme<JwtBearerOptions, JwtBearerHandler>(Scheme, configureOptions: null);
        services.AddOptions<JwtBearerOptions>(Scheme)
            .Configure<SigningKeys, TimeProvider>((options, keys, timeProvider) => Configure(options, settings, keys, timeProvider));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICredentialValidator GetJwtValidator(this IServiceProvider provider) => provider.GetRequiredService<JwtValidator>();

    private static void Configure(JwtBearerOptions options, JwtSettings settings, SigningKeys keys, TimeProvider timeProvider)
    {
        options.TimeProvider = timeProvider;
        options.ConfigurationManager = keys;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = static received =>
            {
                received.Token = received.HttpContext.Features.Get<BearerToken>()?.Text;
                return Task.CompletedTask;
            },
        };
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer.OriginalString,
            ValidAlgorithms = Algorithms,
            AudienceValidator = (audiences, token, _) => IsAudience(settings, audiences, token),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
        };
    }

    // Cognito's access tokens have no audience. They name the client in client_id.
    private static bool IsAudience(JwtSettings settings, IEnumerable<string>? audiences, SecurityToken token)
    {
        var named = audiences?.Where(audience => audience.Length > 0).ToList() ?? [];
        return named.Count > 0
            ? named.Exists(settings.Audiences.Contains)
            : token is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("client_id", out var client)
                && settings.Audiences.Contains(client);
    }

    private static HttpDocumentRetriever CreateRetriever(JwtSettings settings)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null };
        var client = new HttpClient(handler)
        {
            MaxResponseContentBufferSize = MaximumMetadata,
        };
        return new HttpDocumentRetriever(client) { RequireHttps = settings.Issuer.Scheme == Uri.UriSchemeHttps };
    }
}
