using System.Text.Json;
using LambdaChat.Hosting;

namespace LambdaChat.Lambda.Events;

/// <summary>What an event's <c>requestContext</c> says, in both formats. AWS writes it; nothing of it comes from the client unchecked.</summary>
internal sealed class RequestContext
{
    /// <summary>Format 2.0 only; 1.0 has it beside the context.</summary>
    public string? Method { get; private set; }

    /// <summary>The address that the request came from, as AWS saw it.</summary>
    public string? SourceIp { get; private set; }

    /// <summary>Format 2.0: <c>authorizer.iam</c>.</summary>
    public IamIdentity? Iam { get; private set; }

    /// <summary>Format 1.0: who is in <c>identity</c>, where a method with <c>AWS_IAM</c> found somebody.</summary>
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

    // What another authorizer puts here is its own business, and may be of any kind.
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

    // {"userArn","accountId","userId" or "user", and more}; in a request that nobody signed the first is null.
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
