using System.Text;
using System.Text.Json;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class QuotedArgumentsTests
{
    // Each argument is the text of a JSON string. Pieces are divided between its characters.
    [Theory]
    [InlineData("""\"{\\\"a\\\": 1}\" x""", """{\"a\": 1}""")]
    [InlineData("""\u0022 \n{\u005c\u0022a\\\u0022:1}\u0022""", """{\"a\":1}""")]
    [InlineData("""\"{\\n\\u0022\\u4e2d\u4e2d\\ud83d\\ude00\\/\/\\\\""" + "\\\"", """{\n\u0022\u4e2d\u4e2d\ud83d\ude00\/\/\\""")]
    [InlineData("""\"{\nx""", """{\nx""")]
    [InlineData("""\"{\\q\\\n\\\u4e2d\\中\\u12z\\u""", """{\\q\\\n\\\u4e2d\\中\\u12z""")]
    [InlineData("""\"abc""" + "\\\"", """\"abc""" + "\\\"")]
    [InlineData("""\" [1]\" x""", """\" [1]\" x""")]
    [InlineData("""\t1""", """\t1""")]
    [InlineData("\\\"", "")]
    public void Read_InAnyPieces_RemovesTheStringAroundAnObject(string arguments, string expected)
    {
        Assert.Equal(expected, Read([arguments]));
        List<string> tokens = [.. TokensOf(arguments)];
        Assert.Equal(expected, Read(tokens));
        for (var i = 1; i < tokens.Count; i++)
        {
            Assert.Equal(expected, Read([string.Concat(tokens[..i]), string.Concat(tokens[i..])]));
        }
    }

    [Fact]
    public void Read_LongStart_IsNoObject() =>
        Assert.Equal($"\\\"{new string(' ', 100)}{{", Read([$"\\\"{new string(' ', 100)}{{"]));

    // Each part is valid as the text of a JSON string.
    private static string Read(IEnumerable<string> pieces)
    {
        var arguments = new QuotedArguments();
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            var read = Encoding.UTF8.GetString(arguments.Read(Encoding.UTF8.GetBytes(piece)));
            using var json = JsonDocument.Parse($"\"{read}\"");
            json.RootElement.GetString(); // No half of a surrogate pair.
            text.Append(read);
        }

        return text.ToString();
    }

    private static IEnumerable<string> TokensOf(string escaped)
    {
        for (var i = 0; i < escaped.Length;)
        {
            var length = escaped[i] != '\\' ? 1 : escaped[i + 1] == 'u' ? 6 : 2;
            yield return escaped.Substring(i, length);
            i += length;
        }
    }
}
