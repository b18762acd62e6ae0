using System.Text;
using LambdaChat.Relay.Dialects;
using LambdaChat.Streaming;

namespace LambdaChat.Tests.Relay.Dialects;

public sealed class RecordRepairTests
{
    [Theory]
    [InlineData("""{"a":NaN,"b":[Infinity,-Infinity],"c":-1}""", """{"a":null,"b":[null,null],"c":-1}""")]
    [InlineData("""{"a":nan,"b":[-nan,inf,-inf,-NaN,Inf],"c":null}""", """{"a":null,"b":[null,null,null,null,null],"c":null}""")]
    [InlineData("{\"a\":\"x\ty\u0001\\n\",\t\"b\":1}", "{\"a\":\"x\\u0009y\\u0001\\n\",\t\"b\":1}")]
    [InlineData("""{"a":"NaN \" Infinity","NaN":1}""", """{"a":"NaN \" Infinity","NaN":1}""")]
    [InlineData("""{"a":"cut \ud83d"}""", "{\"a\":\"cut \uFFFD\"}")]
    [InlineData("""{"a":"\ude00 b"}""", "{\"a\":\"\uFFFD b\"}")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", "{\"a\":\"\uFFFD\\ud83d\\ude00\"}")]
    [InlineData("""{"a":"\uD83D\uDE00"}""", """{"a":"\uD83D\uDE00"}""")]
    [InlineData("""{"a":"\\ud83d"}""", """{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\u00e9\n"}""", """{"a":"\u00e9\n"}""")]
    [InlineData("""{"a":"\ud8""", """{"a":"\ud8""")]
    public void Write_WhatIsNoJson_IsReplaced(string record, string expected)
    {
        var output = new ByteBuffer(16);

        RecordRepair.Write(Encoding.UTF8.GetBytes(record), output);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.Span));
    }

    [Fact]
    public void Write_BytesThatAreNotUtf8_AreReplaced()
    {
        var output = new ByteBuffer(16);

        RecordRepair.Write([.. "{\"a\":\"x"u8, 0xF0, 0x9F, .. "y\"}"u8], output);

        Assert.Equal("{\"a\":\"x\uFFFDy\"}", Encoding.UTF8.GetString(output.Span));
    }

    [Theory]
    [InlineData("""{"a":"plain 🙂 \n"}""", false)]
    [InlineData("""{"a":"\ud83d"}""", true)]
    [InlineData("""{"a":"\uDE00"}""", true)]
    public void IsNeeded_HalfASurrogatePair_IsSearched(string record, bool expected) =>
        Assert.Equal(expected, RecordRepair.IsNeeded(Encoding.UTF8.GetBytes(record)));

    [Fact]
    public void IsNeeded_BytesThatAreNotUtf8_IsTrue() => Assert.True(RecordRepair.IsNeeded([0x22, 0xC3, 0x22]));
}
