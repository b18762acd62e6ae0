using System.Text;
using LambdaChat.Configuration;
using LambdaChat.Page;
using Microsoft.Extensions.Configuration;

namespace LambdaChat.Tests.Page;

public sealed class PageSettingsTests
{
    private const string Index = "<meta name=\"page\" content=\"{}\"><title>LambdaChat</title>";

    [Fact]
    public void Apply_WithoutSettings_ChangesNothing() => Assert.Equal(Index, Apply("index.html", Index));

    [Fact]
    public void Apply_WithAllSettings_InsertsThem() =>
        Assert.Equal(
            "<meta name=\"page\" content=\"{&quot;title&quot;:&quot;Team&quot;,&quot;logo&quot;:" +
                "&quot;data:image/svg\\u002Bxml;base64,PHN2ZyB4bWxucz0ieCIvPg==&quot;," +
                "&quot;examples&quot;:[&quot;One&quot;,&quot;Two&quot;]}\"><title>Team</title>",
            Apply("index.html", Index, ("PAGE_TITLE", "Team"), ("PAGE_LOGO", "<svg xmlns=\"x\"/>"), ("PAGE_EXAMPLES", """["One","Two"]""")));

    [Theory]
    [InlineData("<svg/>", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- A > B -->\n<svg xmlns='x'/>", "<?xml version=\"1.0\"?>\n<!-- A > B -->\n<svg xmlns='x'/>")]
    [InlineData(" <!DOCTYPE svg [<!ENTITY a \"b\">]><svg></svg>",
        " <!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>")]
    public void Apply_WithALogoAsProgramsWriteIt_InsertsAnImage(string logo, string image)
    {
        var html = System.Net.WebUtility.HtmlDecode(Apply("index.html", Index, ("PAGE_LOGO", logo)));

        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(image)).Replace("+", "\\u002B", StringComparison.Ordinal), html,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_WithMarkup_EncodesIt()
    {
        var html = Apply("index.html", Index, ("PAGE_TITLE", "\"><script>alert(1)</script>"), ("PAGE_EXAMPLES", """["'\"><b>"]"""));

        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Equal(2, html.Split('>').Length - html.Split("</title>").Length);
    }

    [Fact]
    public void Apply_ToTheManifest_SetsItsNames() =>
        Assert.Equal("""{"name": "A \u0022team\u0022", "short_name": "A \u0022team\u0022"}""",
            Apply("assets/manifest.webmanifest", """{"name": "LambdaChat", "short_name": "LambdaChat"}""", ("PAGE_TITLE", "A \"team\"")));

    [Fact]
    public void Apply_ToAnotherFile_ChangesNothing() => Assert.Equal(Index, Apply("assets/main.js", Index, ("PAGE_TITLE", "Team")));

    [Theory]
    [InlineData("PAGE_TITLE", "1234567890123456789012345678901234567890123456789012345678901",
        "PAGE_TITLE must have at most 60 characters.")]
    [InlineData("PAGE_LOGO", "https://example.com/logo.png",
        "PAGE_LOGO must be an SVG image or a data:image/ URL of at most 65536 characters.")]
    [InlineData("PAGE_LOGO", "<!DOCTYPE html><p>", "PAGE_LOGO must be an SVG image or a data:image/ URL of at most 65536 characters.")]
    [InlineData("PAGE_EXAMPLES", "not JSON", "PAGE_EXAMPLES must be a JSON array of at most 6 texts of 1 to 200 characters.")]
    [InlineData("PAGE_EXAMPLES", "{}", "PAGE_EXAMPLES must be a JSON array of at most 6 texts of 1 to 200 characters.")]
    [InlineData("PAGE_EXAMPLES", "[1]", "PAGE_EXAMPLES must be a JSON array of at most 6 texts of 1 to 200 characters.")]
    [InlineData("PAGE_EXAMPLES", """[""]""", "PAGE_EXAMPLES must be a JSON array of at most 6 texts of 1 to 200 characters.")]
    [InlineData("PAGE_EXAMPLES", "[null]", "PAGE_EXAMPLES must be a JSON array of at most 6 texts of 1 to 200 characters.")]
    public void Read_OfAnInvalidValue_SaysWhatIsExpected(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Apply("", "", (name, value))).Message);

    private static string Apply(string name, string text, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build();
        return Encoding.UTF8.GetString(PageSettings.Read(configuration).Apply(name, Encoding.UTF8.GetBytes(text)));
    }
}
