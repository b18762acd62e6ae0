using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LambdaChat.FunctionalTests.Page;

/// <summary>PDFs in Chinese, Japanese and Korean whose fonts name an encoding and contain no map to Unicode.</summary>
public sealed class PdfEncodingTests(PageFixture fixture)
{
    private const string Simplified = "简体中文：流式对话，“引号”…·×÷ abc 123";
    private const string Traditional = "繁體中文：串流對話，「引號」×÷ abc 123";
    private const string Japanese = "日本語の文章：カタカナ、「引用」 abc 123";
    private const string Korean = "한국어 문장: 대화 漢字·×÷ abc 123";

    private static readonly (string Encoding, string Collection, string Charset, string Text)[] Lines =
    [
        ("GB-EUC-H", "GB1", "gb2312", Simplified), ("GBpc-EUC-H", "GB1", "gb2312", Simplified),
        ("GBK-EUC-H", "GB1", "gbk", Simplified + "镕喆"), ("GBKp-EUC-H", "GB1", "gbk", Simplified), ("GBK2K-H", "GB1", "gbk", Simplified),
        ("UniGB-UCS2-H", "GB1", "utf-16BE", Simplified + "镕喆"), ("UniGB-UTF16-H", "GB1", "utf-16BE", Simplified + "𠂇"),
        ("ETen-B5-H", "CNS1", "big5", Traditional), ("ETenms-B5-H", "CNS1", "big5", Traditional), ("B5pc-H", "CNS1", "big5", Traditional),
        ("HKscs-B5-H", "CNS1", "big5", Traditional), ("UniCNS-UCS2-H", "CNS1", "utf-16BE", Traditional),
        ("UniCNS-UTF16-H", "CNS1", "utf-16BE", Traditional),
        ("90ms-RKSJ-H", "Japan1", "shift_jis", Japanese), ("90msp-RKSJ-H", "Japan1", "shift_jis", Japanese),
        ("EUC-H", "Japan1", "euc-jp", Japanese), ("UniJIS-UCS2-H", "Japan1", "utf-16BE", Japanese),
        ("UniJIS-UCS2-HW-H", "Japan1", "utf-16BE", Japanese), ("UniJIS-UTF16-H", "Japan1", "utf-16BE", Japanese),
        ("KSC-EUC-H", "Korea1", "euc-kr", Korean), ("KSCms-UHC-H", "Korea1", "euc-kr", Korean),
        ("UniKS-UCS2-H", "Korea1", "utf-16BE", Korean), ("UniKS-UTF16-H", "Korea1", "utf-16BE", Korean),
    ];

    [Fact]
    public async Task Pdf_InEachEncoding_IsRead()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        byte[] level = // The 6,763 ideographs of GB 2312, in 72 rows of 94, of which the 40th has 89.
            [.. Enumerable.Range(0xb0, 72).SelectMany(row => Enumerable.Range(0xa1, row == 0xd7 ? 89 : 94).SelectMany<int, byte>(cell =>
                [(byte)row, (byte)cell]))];
        (string Encoding, string Collection, byte[] Codes, string Text)[] lines =
        [
            .. Lines.Select(line =>
                (line.Encoding, line.Collection, Encoding.GetEncoding(line.Charset).GetBytes(line.Text), line.Text)),
            ("GBK-EUC-H", "GB1", level, Encoding.GetEncoding("gbk").GetString(level)),
            ("H", "Japan1", [0x46, 0x7c, 0x4b, 0x5c], "日本"), // JIS X 0208.
            ("Identity-H", "GB1", [0x11, 0xcf, 0x0e, 0xd3], "中文"), // The numbers of glyphs.
            ("Identity-H", "CNS1", [0x14, 0x3f, 0x17, 0x17], "繁體"),
            ("Identity-H", "Japan1", [0x0c, 0xd4, 0x0e, 0x8a], "日本"),
            ("Identity-H", "Korea1", [0x0c, 0xe0, 0x04, 0xb4], "한국"),
        ];
        await using var page = await fixture.OpenAsync();
        await page.Page.Locator(".composer input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "encodings.pdf",
            MimeType = "application/pdf",
            Buffer = PdfFiles.Encoded([.. lines.Select(line => (line.Encoding, line.Collection, line.Codes))]),
        });
        await Expect(page.Page.Locator(".attachments .chip")).ToContainTextAsync("KB");
        await page.AskAsync("Read the encodings");

        await page.Page.Locator("article.user details.file summary").ClickAsync();

        var shown = page.Page.Locator("article.user details.file pre");
        await Expect(shown).Not.ToBeEmptyAsync(); // It is filled when it opens.
        var text = await shown.TextContentAsync();
        Assert.Equal(lines.Select(line => $"{line.Encoding}: {line.Text}"),
            text!.Split('\n').Zip(lines, (found, line) => $"{line.Encoding}: {found}"));
        Assert.Empty(page.Problems);
    }
}
