using System.Text;
using LambdaChat.Json;

namespace LambdaChat.Tests.Json;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a\\nb\\t\\\"\\\\\\/", "a\nb\t\"\\/")]
    [InlineData("\\u00e9\\u4e2d", "é中")]
    [InlineData("é中🤔", "é中🤔")]
    [InlineData("\\ud83e\\udd14", "🤔")]
    public void Decode_OfAnyForm_IsTheText(string escaped, string text) =>
        Assert.Equal(text, EscapedText.Decode(Encoding.UTF8.GetBytes(escaped)));

    [Fact]
    public void Decode_OfHalfAPair_KeepsTheHalf()
    {
        var text = EscapedText.Decode("a\\ud83e"u8);

        Assert.Equal(2, text.Length);
        Assert.Equal('\ud83e', text[1]);
    }

    [Theory]
    [InlineData("a\\nb\\u00e9c")]
    [InlineData("é中🤔z\\ud83e\\udd14\\\\")]
    public void OffsetOf_EveryCharacter_IsTheRestOfTheText(string escaped)
    {
        var bytes = Encoding.UTF8.GetBytes(escaped);
        var text = EscapedText.Decode(bytes);
        for (var units = 0; units <= text.Length; units++)
        {
            if (units < text.Length && char.IsLowSurrogate(text[units]))
            {
                continue;
            }

            Assert.Equal(text[units..], EscapedText.Decode(bytes.AsSpan(EscapedText.OffsetOf(bytes, units))));
        }
    }
}
