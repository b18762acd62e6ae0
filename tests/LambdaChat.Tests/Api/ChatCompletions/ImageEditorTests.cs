using System.Text;
using System.Text.Json.Nodes;
using LambdaChat.Api.ChatCompletions;
using LambdaChat.Api.Requests;
using LambdaChat.Models;

namespace LambdaChat.Tests.Api.ChatCompletions;

public sealed class ImageEditorTests
{
    private const string Image = """{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"} }""";
    private const string Text = """{"type":"text","text":"a\tb"}""";
    private const string LeftOut = "[An image was left out, because this model accepts texts only.]";

    private static readonly Model TextOnly = new("r1", [], "m") { IsTextOnly = true };

    [Theory, Trait("reported", "M34")]
    [InlineData("user", $"[{Image}]", $"{LeftOut}")]
    [InlineData("user", $"[ {Image} ,{Text}]", $"{LeftOut}\\n\\na\\tb")]
    [InlineData("user", $"[{Text},{Text}, {Image},{Image},{Text},{Image}]",
        $"a\\tb\\n\\na\\tb\\n\\n{LeftOut}\\n\\n{LeftOut}\\n\\na\\tb\\n\\n{LeftOut}")]
    [InlineData("tool", $$"""[{"type":"text","text":""},{{Image}}]""", $"\\n\\n{LeftOut}")]
    public void Image_ForAModelOfTexts_IsReplaced(string role, string content, string expected) =>
        Assert.Equal($"\"{expected}\"", Content(role, content, TextOnly));

    [Theory]
    [InlineData("user", "\"image_url\"")]
    [InlineData("user", $"[{Text}]")]
    [InlineData("user", """[{"type":"input_audio","input_audio":{"data":"image_url"}}]""")]
    [InlineData("user", "[1]")]
    [InlineData("assistant", $"[{Image}]")]
    public void Content_WithoutImages_StaysAsItIs(string role, string content) => Assert.Equal(content, Content(role, content, TextOnly));

    [Fact]
    public void Image_BesideAnotherPart_IsATextPart() => Assert.Equal(
        $$"""[{"type":"input_audio","input_audio":{} },{"type":"text","text":"{{LeftOut}}"}]""",
        Content("user", $$"""[{"type":"input_audio","input_audio":{} },{{Image}}]""", TextOnly));

    /// <summary>Most operators do not set <c>input</c>: their models may accept images.</summary>
    [Fact]
    public void Image_WithoutTheSetting_IsSent() =>
        Assert.Equal($"[{Image}]", Content("user", $"[{Image}]", TextOnly with { IsTextOnly = false }));

    [Fact]
    public void Images_TooMany_AreSent() => Assert.StartsWith(
        $"[{Image}", Content("user", $"[{string.Join(',', Enumerable.Repeat(Image, 10_001))}]", TextOnly), StringComparison.Ordinal);

    private static string Content(string role, string content, Model model)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"{{role}}","content":{{content}}}]}""");
        var json = RequestJson.TryParse(body)!;
        var editor = new RequestEditor(json);
        MessageEditor.Edit(json, model, editor);
        var edited = string.Concat(editor.Apply().Select(static piece => Encoding.UTF8.GetString(piece.Span)));
        Assert.NotNull(JsonNode.Parse(edited));
        return edited[$$"""{"messages":[{"role":"{{role}}","content":""".Length..^3];
    }
}
