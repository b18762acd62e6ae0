using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LambdaChat.Configuration;

namespace LambdaChat.Page;

/// <summary>The name, the logo and the examples that a team gives its page. The page reads them from its <c>meta</c> element.</summary>
internal sealed class PageSettings
{
    private const string DefaultTitle = "LambdaChat";
    private const string SvgStart = "<svg";
    private const int MaxTitleLength = 60;
    private const int MaxLogoLength = 65_536;
    private const int MaxExamples = 6;
    private const int MaxExampleLength = 200;

    private readonly string _title;
    private readonly string? _logo;
    private readonly string[]? _examples;

    private PageSettings(string title, string? logo, string[]? examples) => (_title, _logo, _examples) = (title, logo, examples);

    /// <summary>Reads <c>PAGE_TITLE</c>, <c>PAGE_LOGO</c> and <c>PAGE_EXAMPLES</c>.</summary>
    /// <exception cref="ConfigurationException">A value is invalid.</exception>
    public static PageSettings Read(IConfiguration configuration)
    {
        var title = configuration["PAGE_TITLE"];
        return new PageSettings(
            string.IsNullOrEmpty(title) ? DefaultTitle
                : title.Length <= MaxTitleLength ? title
                : throw new ConfigurationException($"PAGE_TITLE must have at most {MaxTitleLength} characters."),
            configuration.GetText("PAGE_LOGO") is { } logo ? ToUrl(logo) : null,
            configuration.GetText("PAGE_EXAMPLES") is { } examples ? ReadExamples(examples) : null);
    }

    /// <summary>Inserts the settings into a file of the page. Only the page itself and its manifest contain any.</summary>
    public byte[] Apply(string name, byte[] bytes) => name switch
    {
        _ when this is { _title: DefaultTitle, _logo: null, _examples: null } => bytes,
        "index.html" => Replace(bytes, ("<title>LambdaChat</title>", $"<title>{Encode(_title)}</title>"),
            ("<meta name=\"page\" content=\"{}\">", $"<meta name=\"page\" content=\"{Encode(ToJson())}\">")),
        "assets/manifest.webmanifest" => Replace(bytes, ("\"LambdaChat\"", $"\"{JsonEncodedText.Encode(_title)}\"")),
        _ => bytes,
    };

    private static byte[] Replace(byte[] bytes, params ReadOnlySpan<(string Old, string New)> replacements)
    {
        var text = Encoding.UTF8.GetString(bytes);
        foreach (var (old, replacement) in replacements)
        {
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static string ToUrl(string logo)
    {
        var isUrl = logo.StartsWith("data:image/", StringComparison.Ordinal);
        return logo.Length <= MaxLogoLength && (isUrl || IsSvg(logo.TrimStart()))
            ? isUrl ? logo : $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(WithNamespace(logo)))}"
            : throw new ConfigurationException(
                $"PAGE_LOGO must be an SVG image or a data:image/ URL of at most {MaxLogoLength} characters.");
    }

    // Drawing programs write a declaration, a document type or a comment in front of the image.
    private static bool IsSvg(string logo) =>
        logo.StartsWith(SvgStart, StringComparison.Ordinal)
        || (logo is ['<', '?' or '!', ..] && logo.Contains(SvgStart, StringComparison.Ordinal));

    // An SVG element of an HTML page needs no namespace. Browsers show no image without one.
    private static string WithNamespace(string logo) =>
        logo.Contains("xmlns=", StringComparison.Ordinal)
            ? logo
            : logo.Insert(logo.IndexOf(SvgStart, StringComparison.Ordinal) + SvgStart.Length, " xmlns=\"http://www.w3.org/2000/svg\"");

    private static string[] ReadExamples(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            string?[] examples = [.. document.RootElement.EnumerateArray().Select(example => example.GetString())];
            if (examples.Length <= MaxExamples && examples.All(example => example is { Length: > 0 and <= MaxExampleLength }))
            {
                return examples!;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Reported with the same error as other invalid values.
        }

        throw new ConfigurationException(
            $"PAGE_EXAMPLES must be a JSON array of at most {MaxExamples} texts of 1 to {MaxExampleLength} characters.");
    }

    private string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("title"u8, _title);
            WriteLogo(writer);
            WriteExamples(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void WriteLogo(Utf8JsonWriter writer)
    {
        if (_logo is not null)
        {
            writer.WriteString("logo"u8, _logo);
        }
    }

    private void WriteExamples(Utf8JsonWriter writer)
    {
        if (_examples is not null)
        {
            writer.WriteStartArray("examples"u8);
            Array.ForEach(_examples, writer.WriteStringValue);
            writer.WriteEndArray();
        }
    }
}
