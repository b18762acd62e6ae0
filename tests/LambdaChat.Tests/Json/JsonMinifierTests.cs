using System.Text;
using System.Text.Json;
using LambdaChat.Json;

namespace LambdaChat.Tests.Json;

public sealed class JsonMinifierTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("1", "1")]
    [InlineData(" \t\r\n", "")]
    [InlineData("""{"a":1,"b":[true,"c d"]}""", """{"a":1,"b":[true,"c d"]}""")]
    [InlineData("\n { \"a\" : 1 , \"b\" :\r\n[ true ,\t\"c d\" ] } \n", """{"a":1,"b":[true,"c d"]}""")]
    [InlineData("""{ "a\\" : " \" { \\\\" , "\\\\ " : "" }""", """{"a\\":" \" { \\\\","\\\\ ":""}""")]
    [InlineData("""[ "你好 " , "" ]""", """["你好 ",""]""")]
    public void Remove_WhiteSpaceBetweenTokens_LeavesStrings(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.AsSpan(0, JsonMinifier.MinifyInPlace(bytes))));
    }

    [Theory]
    [InlineData("""caf\u00e9 \u4F60\u597d""", "café 你好")]
    [InlineData("""\ud83E\uDD14\u0020\u007f""", "🤔 \u007f")]
    [InlineData("""https:\/\/x\/""", "https://x/")]
    [InlineData("""\u0022\u005c\u005C\u002f""", """\"\\\\/""")]
    [InlineData("""\u0008\u0009\u000a\u000A\u000c\u000d""", """\b\t\n\n\f\r""")]
    [InlineData("""\u0000\u001f\u001F""", """\u0000\u001F\u001F""")]
    [InlineData("""\b\t\n\f\r\"\\""", """\b\t\n\f\r\"\\""")]
    [InlineData("""\\u00e9 \\\u00e9 \\/""", """\\u00e9 \\é \\/""")]
    [InlineData("""\ud83e \uDD14 \ud83e\n \ud83e\u0041""", """\ud83e \uDD14 \ud83e\n \ud83eA""")]
    public void Remove_Escapes_LeavesTheShortestForm(string text, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes($$""" { "{{text}}" : [ "{{text}}" , 1 ] } """);

        var length = JsonMinifier.MinifyInPlace(bytes);
        Assert.Equal($$"""{"{{expected}}":["{{expected}}",1]}""", Encoding.UTF8.GetString(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Remove_EachCharacterInEachForm_IsTheSameText()
    {
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            if (char.IsSurrogate((char)unit))
            {
                continue;
            }

            var escaped = Encoding.UTF8.GetBytes($"\"\\u{unit:x4}\"");
            var written = escaped.AsSpan(0, JsonMinifier.MinifyInPlace(escaped)).ToArray();
            var again = written.ToArray();

            Assert.Equal(((char)unit).ToString(), JsonSerializer.Deserialize<string>(written));
            Assert.Equal(written.Length, JsonMinifier.MinifyInPlace(again));
            Assert.Equal(written, again);
        }
    }
}
