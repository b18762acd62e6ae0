using LambdaChat.Configuration;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Configuration;

public sealed class SettingReaderTests
{
    [Theory]
    [InlineData(null, 10)]
    [InlineData("", 10)]
    [InlineData("3", 3)]
    [InlineData("900", 900)]
    public void GetSeconds_ValidOrNotSet_ReturnsTheTime(string? value, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), Of(value).GetSeconds("X", fallback: 10, 3, 900));

    [Theory]
    [InlineData("2")]
    [InlineData("901")]
    [InlineData("-5")]
    [InlineData("5.0")]
    [InlineData(" 5")]
    [InlineData("99999999999")]
    [InlineData("ten")]
    public void GetSeconds_Invalid_NamesTheSettingAndTheRange(string value) =>
        AssertMessage("X must be a whole number of seconds from 3 to 900.", () => Of(value).GetSeconds("X", fallback: 10, 3, 900));

    [Fact]
    public void GetCount_Invalid_NamesTheSettingAndTheRange()
    {
        Assert.Equal(7, Of("7").GetCount("X", fallback: 1, 0, 9));
        AssertMessage("X must be a whole number from 0 to 9.", () => Of("10").GetCount("X", fallback: 1, 0, 9));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    public void GetFlag_ValidOrNotSet_ReturnsTheValue(string? value, bool expected) => Assert.Equal(expected, Of(value).GetFlag("X"));

    [Theory]
    [InlineData("1")]
    [InlineData("yes")]
    public void GetFlag_Invalid_NamesTheSetting(string value) => AssertMessage("X must be true or false.", () => Of(value).GetFlag("X"));

    [Theory]
    [InlineData(null, "a")]
    [InlineData("", "a")]
    [InlineData("b", "b")]
    public void GetChoice_ValidOrNotSet_ReturnsTheWord(string? value, string expected) =>
        Assert.Equal(expected, Of(value).GetChoice("X", "a", ["a", "b"]));

    [Fact]
    public void GetChoice_Invalid_NamesTheWords() => AssertMessage("X must be a or b.", () => Of("B").GetChoice("X", "a", ["a", "b"]));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("https://host/path", "https://host/path")]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/")]
    public void GetAddress_ValidOrNotSet_ReturnsTheAddress(string? value, string? expected) =>
        Assert.Equal(expected, Of(value).GetAddress("X", "https://host")?.AbsoluteUri);

    [Theory]
    [InlineData("host")]
    [InlineData("ftp://host")]
    [InlineData("/path")]
    [InlineData("https://host ")]
    [InlineData("https://host\n")]
    public void GetAddress_Invalid_ShowsAnExample(string value) =>
        AssertMessage("X must be an address like https://host.", () => Of(value).GetAddress("X", "https://host"));

    [Fact]
    public void GetText_File_ReturnsItsText() => Assert.Equal("text", ReadFile("text"));

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void GetText_FileWithoutText_IsAnError(string text) =>
        AssertMessage("X has no value. Set one, or remove the setting.", () => ReadFile(text));

    [Fact]
    public void GetText_Blank_IsAnError() =>
        AssertMessage("X has no value. Set one, or remove the setting.", () => Of(" ").GetText("X"));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("a", "a")]
    [InlineData(" a , b,", "a b")]
    public void GetList_ValidOrNotSet_ReturnsTheValues(string? value, string? expected) =>
        Assert.Equal(expected?.Split(' '), Of(value).GetList("X", ','));

    [Theory]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData(" , ")]
    public void GetList_NoValue_IsAnError(string value) =>
        AssertMessage("X has no value. Set at least one, or remove the setting.", () => Of(value).GetList("X", ','));

    [Fact]
    public void GetText_NoSuchFile_NamesSettingAndFile()
    {
        Assert.Null(Of("").GetText("X"));
        Assert.Equal("a", Of("a").GetText("X"));
        AssertMessage("X refers to the file no-such.txt, which cannot be read. Place it in the program's folder.",
            () => Of("@no-such.txt").GetText("X"));
    }

    private static string? ReadFile(string text)
    {
        var name = $"setting-{Guid.NewGuid():N}.txt";
        var path = Path.Combine(AppContext.BaseDirectory, name);
        File.WriteAllText(path, text);
        try
        {
            return Of($"@{name}").GetText("X");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IConfiguration Of(string? value) => new ConfigurationBuilder().AddInMemoryCollection([new("X", value)]).Build();

    private static void AssertMessage(string message, Func<object?> read) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(read).Message);
}
