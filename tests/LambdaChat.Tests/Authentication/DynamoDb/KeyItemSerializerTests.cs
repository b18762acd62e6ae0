using Amazon.DynamoDBv2.Model;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Authentication.DynamoDb;
using LambdaChat.Configuration;

namespace LambdaChat.Tests.Authentication.DynamoDb;

public sealed class KeyItemSerializerTests
{
    [Fact]
    public void Read_WrittenItem_IsTheKey()
    {
        var key = Read("name", "alice").Key;

        Assert.Equal(("alice", 32), (key.Name, key.Hash.Length));
    }

    [Theory]
    [InlineData("pk", null)]
    [InlineData("pk", "KEY")]
    [InlineData("pk", "KEY#x")]
    [InlineData("name", null)]
    internal void Read_ItemOfAnotherProgram_IsAConfigurationError(string name, string? value) =>
        Assert.Throws<ConfigurationException>(() => Read(name, value));

    private static StoredKey Read(string name, string? value)
    {
        var item = KeyItemSerializer.Write(new StoredKey(new ApiKey("bob", new byte[32]), DateTimeOffset.UnixEpoch));
        item.Remove(name);
        if (value is not null)
        {
            item[name] = new AttributeValue(value);
        }

        return KeyItemSerializer.Read(item);
    }
}
