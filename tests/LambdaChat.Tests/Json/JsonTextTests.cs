using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Tests.Json;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("你好 <b> 'x' & 🤔", "\"你好 <b> 'x' & \\uD83E\\uDD14\"")]
    [InlineData("a\"b\\c\n", "\"a\\\"b\\\\c\\n\"")]
    public void Quote_Text_IsJson(string text, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(JsonText.Quote(text)));

    [Theory]
    [InlineData("", true)]
    [InlineData("a 你好 </x>", true)]
    [InlineData("""\n\"\\\/\b\f\r\t""", true)]
    [InlineData("""a\\""", true)]
    [InlineData("""a\""", false)]
    [InlineData("""a\\\""", false)]
    [InlineData("""a"b""", false)]
    [InlineData("""a\\"b""", false)]
    [InlineData("""a\u0041""", false)]
    [InlineData("""a\x""", false)]
    [InlineData("""a\'""", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\0", false)]
    [InlineData("a\u001f", false)]
    public void IsSimple_Text_IsTrueWithoutCodeUnits(string text, bool expected) =>
        Assert.Equal(expected, JsonText.IsSimple(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("""{"a":"x"}""", """{"a":"x"}""")]
    [InlineData("""{"a":"\ud83e\udd14"}""", """{"a":"\ud83e\udd14"}""")]
    [InlineData("""{"a":"\uD83E\uDD14\u4f60"}""", """{"a":"\uD83E\uDD14\u4f60"}""")]
    [InlineData("""{"a":"\ud83e"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"a":"\ud83ex\udd14"}""", """{"a":"\ufffdx\ufffd"}""")]
    [InlineData("""{"a":"\udd14\ud83e"}""", """{"a":"\ufffd\ufffd"}""")]
    [InlineData("""{"a":"\ud83e\ud83e\udd14"}""", """{"a":"\ufffd\ud83e\udd14"}""")]
    [InlineData("""{"\ud83e":"\\ud83e\\\ud83e\n"}""", """{"\ufffd":"\\ud83e\\\ufffd\n"}""")]
    [InlineData("""{"a":"\ud83e\u004""", """{"a":"\ufffd\u004""")]
    [InlineData("""\""", """\""")]
    [InlineData("""\u""", """\u""")]
    [InlineData("""\ud83""", """\ud83""")]
    public void ReplaceLoneSurrogates_OnlyUnpairedOnes_BecomeReplacementCharacters(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        JsonText.ReplaceLoneSurrogates(bytes);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void ToValid_InvalidBytes_CanBeDecoded()
    {
        byte[] json = [.. "{\"a\":\"\\ud83d"u8, 0xFF, 0xC3, .. "\"}"u8];

        using var document = JsonDocument.Parse(JsonText.ToValid(json));

        Assert.Equal("\uFFFD\uFFFD\uFFFD", document.RootElement.GetProperty("a").GetString());
    }
}
