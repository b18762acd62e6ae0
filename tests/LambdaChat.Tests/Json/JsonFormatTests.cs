using System.Text;
using LambdaChat.Json;

namespace LambdaChat.Tests.Json;

public sealed class JsonFormatTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("1", "1")]
    [InlineData(" \t\r\n", "")]
    [InlineData("""{"a":1,"b":[true,"c d"]}""", """{"a":1,"b":[true,"c d"]}""")]
    [InlineData("\n { \"a\" : 1 , \"b\" :\r\n[ true ,\t\"c d\" ] } \n", """{"a":1,"b":[true,"c d"]}""")]
    [InlineData("""{ "a\\" : " \" { \\\\" , "\\\\ " : "" }""", """{"a\\":" \" { \\\\","\\\\ ":""}""")]
    [InlineData("""[ "你好 \u0020" , "" ]""", """["你好 \u0020",""]""")]
    public void Remove_WhiteSpaceBetweenTokens_LeavesStrings(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(expected, Encoding.UTF8.GetString(bytes.AsSpan(0, JsonFormat.Remove(bytes))));
    }
}
