// Reads the text of files.

const maxSize = 20_000_000; // Bytes.
const maxPages = 1000;

/** The text of a text file or a PDF; null if there is none that can be read. */
export async function textOf(file) {
  if (file.size > maxSize) {
    return null;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const isPdf = String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";
  return isPdf ? pdfText(bytes) : decode(bytes);
}

// UTF-8, UTF-16 with a byte order mark, or GB 18030, the usual encoding of older Chinese files.
function decode(bytes) {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  for (const encoding of isUtf16 ? [bytes[0] === 0xff ? "utf-16le" : "utf-16be"] : ["utf-8", "gb18030"]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return /[\0-\x08\x0e-\x1a]/.test(text) ? null : text.replaceAll("\r\n", "\n").trim();
    } catch {
      // Another encoding.
    }
  }
  return null;
}

// With the worker's module loaded, PDF.js works without a worker. The page's policy allows none: a worker's address would need a trusted type.
async function pdfText(data) {
  try {
    const [{ getDocument, VerbosityLevel }] = await Promise.all([import("../vendor/pdfjs-dist/legacy/build/pdf.min.mjs"), import("../vendor/pdfjs-dist/legacy/build/pdf.worker.min.mjs")]);
    const task = getDocument({ data, disableFontFace: true, useSystemFonts: false, useWorkerFetch: false, useWasm: false, isEvalSupported: false, enableXfa: false, verbosity: VerbosityLevel.ERRORS });
    const pdf = await task.promise;
    const pages = [];
    for (let i = 1; i <= Math.min(pdf.numPages, maxPages); i++) {
      const page = await pdf.getPage(i);
      const { items } = await page.getTextContent();
      pages.push(items.map((item) => item.str + (item.hasEOL ? "\n" : "")).join("").trim());
      page.cleanup();
    }
    await task.destroy();
    return pages.join("\n\n").trim();
  } catch {
    return null;
  }
}
