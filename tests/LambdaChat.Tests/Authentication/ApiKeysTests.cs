using LambdaChat.Authentication;

namespace LambdaChat.Tests.Authentication;

public sealed class ApiKeysTests
{
    private const string HashOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    private const string HashOfB = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

    [Theory]
    [InlineData("a", "alice")]
    [InlineData("b", "bob")]
    [InlineData("c", null)]
    [InlineData("", null)]
    [InlineData("A", null)]
    public void TryFind_Key_GivesItsName(string key, string? expected)
    {
        var keys = ApiKeys.Parse($"alice={HashOfA}, bob = {HashOfB.ToUpperInvariant()},");

        Assert.Equal(expected is not null, keys.TryFind(key, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    public void Parse_Nothing_IsEmpty(string? value) => Assert.True(ApiKeys.Parse(value).IsEmpty);

    [Theory]
    [InlineData("alice")]
    [InlineData("=" + HashOfA)]
    [InlineData("alice=abc")]
    [InlineData("alice=" + HashOfA + "00")]
    [InlineData("alice=zz978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")]
    public void Parse_WrongEntry_IsNamedByItsPlace(string entry)
    {
        var error = Assert.Throws<ConfigurationException>(() => ApiKeys.Parse($"bob={HashOfB},{entry}"));

        Assert.Equal("API_KEYS entry 1 must be name=<SHA-256 of the key in 64 hexadecimal digits>.", error.Message);
    }

    [Fact]
    public void Parse_SameNameTwice_IsRefused() =>
        Assert.Equal("API_KEYS names the key a twice.", Assert.Throws<ConfigurationException>(() => ApiKeys.Parse($"a={HashOfA},a={HashOfB}")).Message);
}
