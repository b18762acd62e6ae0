using System.IO.Compression;
using System.Text;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>Writes PDFs.</summary>
internal static class PdfFiles
{
    private const string Font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    private const string Catalog = "<</Type/Catalog/Pages 2 0 R>>";

    /// <summary>A PDF with one line of text on each page.</summary>
    public static byte[] Create(params string[] pages)
    {
        var kids = string.Join(' ', pages.Select((_, i) => $"{4 + (2 * i)} 0 R"));
        return Join([Catalog, $"<</Type/Pages/Count {pages.Length}/Kids[{kids}]>>", Font,
            .. pages.SelectMany((text, i) => Page(Line(text), 5 + (2 * i), "", ""))]);
    }

    /// <summary>A PDF with one page of which the content stream, its dictionary and the page's resources are given.</summary>
    public static byte[] Write(string content, string dictionary, string resources) =>
        Join([Catalog, "<</Type/Pages/Count 1/Kids[4 0 R]>>", Font, .. Page(content, 5, dictionary, resources)]);

    /// <summary>
    /// A PDF with long lines of one font each, whose encoding is a predefined character map. The fonts are not embedded, and have no map to
    /// Unicode.
    /// </summary>
    public static byte[] Encoded(params (string Encoding, string Collection, byte[] Codes)[] lines)
    {
        var fonts = string.Concat(lines.Select((_, i) => $"/F{i} {5 + (3 * i)} 0 R"));
        var text = string.Concat(lines.Select((line, i) =>
            $"BT /F{i} 12 Tf 72 {2000 - (20 * i)} Td <{Convert.ToHexString(line.Codes)}> Tj ET\n"));
        return Join([Catalog, "<</Type/Pages/Count 1/Kids[3 0 R]>>",
            $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999 2100]/Resources<</Font<<{fonts}>>>>/Contents 4 0 R>>",
            $"<</Length {text.Length}>>\nstream\n{text}\nendstream",
            .. lines.SelectMany((line, i) => CompositeFont(line.Encoding, line.Collection, 5 + (3 * i)))]);
    }

    /// <summary>A PDF that runs a script when a viewer opens it.</summary>
    public static byte[] Script(string script, string text) =>
        Join([$"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS({script})>>>>", "<</Type/Pages/Count 1/Kids[4 0 R]>>", Font,
            .. Page(Line(text), 5, "", "")]);

    /// <summary>A PDF whose page tree contains itself.</summary>
    public static byte[] Cycle() => Join([Catalog, "<</Type/Pages/Count 1/Kids[2 0 R]>>"]);

    /// <summary>A PDF of a few kilobytes whose content stream has 400 MB of operators.</summary>
    public static byte[] Bomb()
    {
        using var compressed = new MemoryStream();
        using (var outer = new ZLibStream(compressed, CompressionLevel.Optimal))
        using (var inner = new ZLibStream(outer, CompressionLevel.Fastest))
        {
            var operators = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("q Q ", 250_000)));
            for (var i = 0; i < 400; i++)
            {
                inner.Write(operators);
            }
        }

        return Write(Encoding.Latin1.GetString(compressed.ToArray()), "/Filter[/FlateDecode/FlateDecode]", "");
    }

    private static string[] CompositeFont(string encoding, string collection, int number) =>
    [
        $"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/{encoding}/DescendantFonts[{number + 1} 0 R]>>",
        $"<</Type/Font/Subtype/CIDFontType0/BaseFont/Song/FontDescriptor {number + 2} 0 R" +
            $"/CIDSystemInfo<</Registry(Adobe)/Ordering({collection})/Supplement 0>>>>",
        "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700" +
            "/StemV 80>>"
    ];

    private static string Line(string text) => $"BT /F1 12 Tf 72 720 Td ({text}) Tj ET";

    private static string[] Page(string content, int number, string dictionary, string resources) =>
    [
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]" +
            $"/Resources<</Font<</F1 3 0 R>>{resources}>>/Contents {number} 0 R>>",
        $"<<{dictionary}/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<{resources}>>/Length {content.Length}>>\n" +
            $"stream\n{content}\nendstream"
    ];

    private static byte[] Join(string[] objects)
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        foreach (var (i, content) in objects.Index())
        {
            offsets.Add(pdf.Length);
            pdf.Append($"{i + 1} 0 obj\n{content}\nendobj\n");
        }

        var start = pdf.Length;
        pdf.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        offsets.ForEach(offset => pdf.Append($"{offset:D10} 00000 n \n"));
        pdf.Append($"trailer\n<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(pdf.ToString());
    }
}
