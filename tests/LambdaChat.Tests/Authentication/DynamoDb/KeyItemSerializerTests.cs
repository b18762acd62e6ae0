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
    public void Read_AnItemOfAnotherProgram_NamesTheAttribute(string attribute, string? value)
    {
        var item = KeyItemSerializer.Write(Key);
        Assert.Equal(Key.Created, KeyItemSerializer.Read(item).Created);
        item[attribute] = attribute is "until" or "created" ? new AttributeValue { N = value } : new AttributeValue { S = value };

        var error = Assert.Throws<ConfigurationException>(() => KeyItemSerializer.Read(item));

        var key = attribute == "name" ? $"the item KEY#{Convert.ToHexStringLower(Key.Key.Hash)[..8]}…" : "the key alice";
        Assert.Equal(Message(attribute, key), error.Message);
    }

    public static TheoryData<string, AttributeValue> OtherTypes { get; } = new()
    {
        { "models", new AttributeValue { L = [new AttributeValue("r1")] } }, // As Terraform writes a list.
        { "models", new AttributeValue("r1") },
        { "models", new AttributeValue { NULL = true } },
        { "origins", new AttributeValue { L = [] } },
        { "origins", new AttributeValue("https://chat.example.com") },
        { "until", new AttributeValue("1790000000") },
        { "disabled", new AttributeValue("true") },
        { "disabled", new AttributeValue { N = "1" } },
        { "limits", new AttributeValue { M = new() { ["streams"] = new AttributeValue { N = "1" } } } },
    };

    /// <summary>Read as none, a restriction of another type would grant more than its author wanted.</summary>
    [Theory]
    [MemberData(nameof(OtherTypes))]
    public void Read_ARestrictionOfAnotherType_Throws(string attribute, AttributeValue value)
    {
        var item = KeyItemSerializer.Write(Key);
        item[attribute] = value;

        var error = Assert.Throws<ConfigurationException>(() => KeyItemSerializer.Read(item));

        Assert.Equal(Message(attribute, "the key alice"), error.Message);
    }

    [Fact]
    public void Read_AnEmptyItem_Throws() =>
        Assert.Equal(Message("name", "an item"), Assert.Throws<ConfigurationException>(() => KeyItemSerializer.Read([])).Message);

    [Fact]
    public void Read_WhatWasWritten_IsTheKey()
    {
        var key = Key with
        {
            Key = Key.Key with { Models = ["r1"], Origins = ["https://a"], Limits = """{"streams":1}""", IsDisabled = true },
            IsReplaced = true,
        };

        Assert.Equivalent(key, KeyItemSerializer.Read(KeyItemSerializer.Write(key)), strict: true);
        Assert.Equivalent(Key, KeyItemSerializer.Read(KeyItemSerializer.Write(Key)), strict: true);
    }

    private static string Message(string attribute, string key) =>
        $"The attribute {attribute} of {key} in TABLE is missing, or has another type or form than the keys command writes.";
}
