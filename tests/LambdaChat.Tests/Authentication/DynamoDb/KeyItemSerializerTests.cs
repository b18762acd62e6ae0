using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Tests.Authentication.DynamoDb;

public sealed class KeyItemSerializerTests
{
    private static readonly StoredKey Key = new(
        new ApiKey("alice", ApiKeyGenerator.Hash("key")) { Expires = DateTimeOffset.UnixEpoch.AddDays(20_000) },
        DateTimeOffset.UnixEpoch.AddDays(19_000));

    [Theory]
    [InlineData("pk", "KEY")]
    [InlineData("pk", "KEY#xyz")]
    [InlineData("pk", null)]
    [InlineData("name", null)]
    [InlineData("until", "soon")]
    [InlineData("until", "99999999999999999999")]
    [InlineData("created", "999999999999999")]
    public void Read_AnItemOfAnotherProgram_Throws(string attribute, string? value)
    {
        var item = KeyItemSerializer.Write(Key);
        Assert.Equal(Key.Created, KeyItemSerializer.Read(item).Created);
        item[attribute] = attribute is "until" or "created" ? new AttributeValue { N = value } : new AttributeValue { S = value };

        var error = Assert.Throws<ConfigurationException>(() => KeyItemSerializer.Read(item));

        Assert.Equal("An item in TABLE is not a key that the keys command has written.", error.Message);
    }
}
