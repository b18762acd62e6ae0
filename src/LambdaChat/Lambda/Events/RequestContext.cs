using System.Text.Json;
using LambdaChat.Hosting;

namespace LambdaChat.Lambda.Events;

/// <summary>The <c>requestContext</c> of an event, in both payload formats. AWS writes it, so a client cannot forge it.</summary>
internal sealed class RequestContext
{
    /// <summary>The HTTP method, in format 2.0 only. Format 1.0 has it in the event itself.</summary>
    public string? Method { get; private set; }

    /// <summary>The IP address of the client.</summary>
    public string? SourceIp { get; private set; }

    /// <summary>Format 2.0: the caller from <c>authorizer.iam</c>.</summary>
    public IamIdentity? Iam { get; private set; }

    /// <summary>Format 1.0: the caller from <c>identity</c>, set for methods with <c>AWS_IAM</c> authorization.</summary>
    public IamIdentity? Identity { get; private set; }

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
                reader.Skip();
            }
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
