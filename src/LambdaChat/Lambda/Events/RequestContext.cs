using System.Text.Json;
using LambdaChat.Hosting;

namespace LambdaChat.Lambda.Events;

/// <summary>The <c>requestContext</c> of an event, in both payload formats. AWS writes it, so a client cannot forge it.</summary>
internal sealed class RequestContext
{
    private string? _domainName;
    private string? _domainPrefix;
    private string? _apiId;

    /// <summary>The HTTP method, in format 2.0 only. Format 1.0 has it in the event itself.</summary>
    public string? Method { get; private set; }

    /// <summary>The stage of an API, whose paths begin with it; empty for the stage <c>$default</c>, which function URLs have.</summary>
    public string Stage { get; private set; } = "";

    /// <summary>The path with the stage or the base path of a domain, as the client sent it; in format 1.0 only.</summary>
    public string? Path { get; private set; }

    /// <summary>The IP address of the client.</summary>
    public string? SourceIp { get; private set; }

    /// <summary>Format 2.0: the caller from <c>authorizer.iam</c>.</summary>
    public IamIdentity? Iam { get; private set; }

    /// <summary>Format 1.0: the caller from <c>identity</c>, set for methods with <c>AWS_IAM</c> authorization.</summary>
    public IamIdentity? Identity { get; private set; }

    /// <summary>True if the event comes from an Application Load Balancer.</summary>
    public bool IsLoadBalancer { get; private set; }

    /// <summary>True if the domain belongs to API Gateway. The id of a function URL is also the first label of its domain.</summary>
    public bool IsApiGatewayDomain =>
        _domainName?.Contains(".execute-api.", StringComparison.OrdinalIgnoreCase) == true ||
        (_apiId is not null && _domainPrefix is not null && _apiId != _domainPrefix);

    public void Read(ref Utf8JsonReader reader)
    {
        if (!reader.ReadObject())
        {
            return;
        }

        while (reader.ReadName())
        {
            if (reader.ValueTextEquals("http"u8))
            {
                ReadHttp(ref reader);
            }
            else if (reader.ValueTextEquals("authorizer"u8))
            {
                ReadAuthorizer(ref reader);
            }
            else if (reader.ValueTextEquals("identity"u8))
            {
                Identity = ReadCaller(ref reader);
            }
            else
            {
                ReadOrigin(ref reader);
            }
        }
    }

    private void ReadOrigin(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("domainName"u8))
        {
            _domainName = reader.ReadText();
        }
        else if (reader.ValueTextEquals("domainPrefix"u8))
        {
            _domainPrefix = reader.ReadText();
        }
        else if (reader.ValueTextEquals("stage"u8))
        {
            Stage = reader.ReadText() is { } stage && stage != "$default" ? stage : "";
        }
        else if (reader.ValueTextEquals("apiId"u8))
        {
            _apiId = reader.ReadText();
        }
        else if (reader.ValueTextEquals("path"u8))
        {
            Path = reader.ReadText();
        }
        else
        {
            IsLoadBalancer |= reader.ValueTextEquals("elb"u8);
            reader.Skip();
        }
    }

    private void ReadHttp(ref Utf8JsonReader reader)
    {
        if (!reader.ReadObject())
        {
            return;
        }

        while (reader.ReadName())
        {
            if (reader.ValueTextEquals("method"u8))
            {
                Method = reader.ReadText();
            }
            else if (reader.ValueTextEquals("sourceIp"u8))
            {
                SourceIp = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Other authorizers write values of any type here.
    private void ReadAuthorizer(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.ReadName())
        {
            if (reader.ValueTextEquals("iam"u8))
            {
                Iam = ReadCaller(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // {"userArn","accountId","userId" or "user", …}. userArn is null if the request is not signed.
    private IamIdentity? ReadCaller(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? userArn = null, accountId = null, userId = null;
        while (reader.ReadName())
        {
            if (reader.ValueTextEquals("userArn"u8))
            {
                userArn = reader.ReadText();
            }
            else if (reader.ValueTextEquals("accountId"u8))
            {
                accountId = reader.ReadText();
            }
            else if (reader.ValueTextEquals("userId"u8) || reader.ValueTextEquals("user"u8))
            {
                userId = reader.ReadText();
            }
            else if (reader.ValueTextEquals("sourceIp"u8))
            {
                SourceIp = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return string.IsNullOrEmpty(userArn) ? null : new IamIdentity(userArn, accountId, userId);
    }
}
