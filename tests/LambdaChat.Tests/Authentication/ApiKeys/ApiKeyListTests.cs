using System.Security.Cryptography;
using LambdaChat.Authentication.ApiKeys;
using LambdaChat.Configuration;

namespace LambdaChat.Tests.Authentication.ApiKeys;

public sealed class ApiKeyListTests
{
    private const string HashOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    private const string HashOfB = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

    [Theory]
    [InlineData("a", "alice")]
    [InlineData("b", "bob")]
    [InlineData("c", null)]
    [InlineData("", null)]
    [InlineData("A", null)]
    public void Find_Key_ReturnsIt(string key, string? expected)
    {
        var keys = ApiKeyListReader.Read($"alice={HashOfA}, bob = {HashOfB.ToUpperInvariant()},", "API_KEYS");

        Assert.Equal(expected, keys.Find(key)?.Name);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("nobody's")]
    public void Find_AnyKey_ComparesEveryHashOnce(string key)
    {
        ApiKey[] keys = [new("alice", Convert.FromHexString(HashOfA)), new("bob", Convert.FromHexString(HashOfB)),
            new("carol", new byte[32])];
        var compared = new List<byte[]>();

        new ApiKeyList(keys, (left, right) =>
        {
            compared.Add(right.ToArray());
            return left.SequenceEqual(right);
        }).Find(key);

        Assert.Equal(keys.Select(each => each.Hash), compared);
    }

    [Fact]
    public void Comparison_OfConfiguredKeys_IsConstantTime() =>
        Assert.Equal(new HashComparison(CryptographicOperations.FixedTimeEquals).Method,
            ApiKeyListReader.Read($"a={HashOfA}", "API_KEYS").Comparison.Method);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    public void Read_Nothing_IsEmpty(string? value) => Assert.True(ApiKeyListReader.Read(value, "API_KEYS").IsEmpty);

    [Fact]
    public void Read_Options_ApplyToTheirKey()
    {
        var keys = ApiKeyListReader.ReadList(
            $"a={HashOfA}; expires = 2027-01-01 ;models=r1| " +
                $"v3;origins=https://chat.example.com|http://localhost:3000\nb={HashOfB};expires=2027-01-01T12:30:00Z", "API_KEYS");

        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), keys[0].Expires);
        Assert.Equal(["r1", "v3"], keys[0].Models);
        Assert.Equal(["https://chat.example.com", "http://localhost:3000"], keys[0].Origins);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 12, 30, 0, TimeSpan.Zero), keys[1].Expires);
        Assert.Null(keys[1].Models);
        Assert.Null(keys[1].Origins);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("=" + HashOfA)]
    [InlineData(";")]
    [InlineData("jwt:alice=" + HashOfA)]
    [InlineData("alice=abc")]
    [InlineData("alice=" + HashOfA + "00")]
    [InlineData("alice=zz978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")]
    public void Read_InvalidEntry_IsNamedByIndex(string entry) =>
        Assert.Equal("API_KEYS entry 1 must be name=<SHA-256 of the key in 64 hexadecimal digits>.", Refusal($"bob={HashOfB},{entry}"));

    [Theory]
    [InlineData("colour=red", "API_KEYS entry 0 has an unknown option. The options are expires, models and origins.")]
    [InlineData("expires=tomorrow", "API_KEYS entry 0: expires must be a date like 2027-01-01.")]
    [InlineData("expires", "API_KEYS entry 0: expires must be a date like 2027-01-01.")]
    [InlineData("models=|", "API_KEYS entry 0: models must not be empty.")]
    [InlineData("origins=chat.example.com", "API_KEYS entry 0: origins must be like https://chat.example.com, separated by |.")]
    [InlineData("origins=https://chat.example.com/", "API_KEYS entry 0: origins must be like https://chat.example.com, separated by |.")]
    public void Read_InvalidOption_IsNamed(string option, string message) => Assert.Equal(message, Refusal($"a={HashOfA};{option}"));

    [Fact]
    public void Read_SameNameTwice_IsRefused() =>
        Assert.Equal("API_KEYS has two keys with the name a.", Refusal($"a={HashOfA},a={HashOfB}"));

    private static string Refusal(string text) =>
        Assert.Throws<ConfigurationException>(() => ApiKeyListReader.Read(text, "API_KEYS")).Message;
}
