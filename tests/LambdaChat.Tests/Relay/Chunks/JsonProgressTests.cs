using System.Text;
using LambdaChat.Relay.Chunks;

namespace LambdaChat.Tests.Relay.Chunks;

public sealed class JsonProgressTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData("\\r\\n\\t\\u0020\\u0009", false)]
    [InlineData(" {", false)]
    [InlineData("\\n{}", true)]
    [InlineData("{} ", true)]
    [InlineData("{", false)]
    [InlineData("{}", true)]
    [InlineData("[{}", false)]
    [InlineData("[{},[]]", true)]
    [InlineData("""{\"a\":1}""", true)]
    [InlineData("""{\"a\":\"b""", false)]
    [InlineData("""{\"a\":\"}\"}""", true)]
    [InlineData("""{\"a\":\"\\\"}""", false)]
    [InlineData("""{\"a\":\"\\\\\"}""", true)]
    [InlineData("""{\u0022a\u0022:\u0022\u5317}\u0022}""", true)]
    [InlineData("""{\u0022a\u0022:\u0022""", false)]
    [InlineData("""{\n\t\"a\":1\r\n}""", true)]
    [InlineData("1", true)]
    public void IsComplete_EveryBracketAndQuoteIsClosed(string text, bool expected)
    {
        var progress = new JsonProgress();
        progress.Add(Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected, progress.IsComplete);
    }

    [Fact]
    public void IsComplete_PiecesBetweenCharacters_ChangeNothing()
    {
        string[] characters = ["{", "\\\"", "a", "\\\"", ":", "\\\"", "\\\\", "\\\"", "}", "\\u0022", "}"];
        for (var cut = 0; cut <= characters.Length; cut++)
        {
            var progress = new JsonProgress();
            progress.Add(Encoding.UTF8.GetBytes(string.Concat(characters[..cut])));
            Assert.Equal((cut == 11, cut == 0), (progress.IsComplete, progress.IsBlank));
            progress.Add(Encoding.UTF8.GetBytes(string.Concat(characters[cut..])));
            Assert.True(progress.IsComplete);
        }
    }
}
