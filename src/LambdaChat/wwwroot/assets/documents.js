// Reads the text of files.
import { workerAddress } from "./workers.js";

const maxSize = 20_000_000; // Bytes.
const maxPdfTime = 60_000; // Milliseconds.

/** Reads a text file or a PDF. Returns `{ text }`, or `{ problem }` with a text key. */
export async function read(file, maxCharacters) {
  if (file.size > maxSize) {
    return { problem: "fileUnreadable" };
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const isPdf = String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";
  const text = isPdf ? await pdfText(bytes, maxCharacters) : decode(bytes);
  const problem =
    text === undefined
      ? "fileTooSlow"
      : text === null
        ? "fileUnreadable"
        : text === ""
          ? "fileEmpty"
          : text.length > maxCharacters
            ? "fileTooLarge"
            : null;
  return problem === null ? { text } : { problem };
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

// The worker can be stopped: a small file can expand to gigabytes, and the page stays usable meanwhile. Returns undefined after the time
// limit.
async function pdfText(data, maxCharacters) {
  const port = new Worker(workerAddress("pdf"), { type: "module" });
  const failed = new Promise((_, reject) => port.addEventListener("error", reject));
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, maxPdfTime)));
  try {
    return await Promise.race([late, failed, readPages(data, port, maxCharacters)]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    port.terminate();
  }
}

async function readPages(data, port, maxCharacters) {
  const { getDocument, PDFWorker, VerbosityLevel } = await import("../vendor/pdfjs-dist/legacy/build/pdf.min.mjs");
  const { CharacterMaps } = await import("./cmaps.js");
  const pdf = await getDocument({
    data,
    BinaryDataFactory: CharacterMaps,
    cMapPacked: false,
    worker: new PDFWorker({ port, verbosity: VerbosityLevel.ERRORS }),
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    useWasm: false,
    isEvalSupported: false,
    enableXfa: false,
  }).promise;
  let text = "";
  for (let i = 1; i <= pdf.numPages && text.length <= maxCharacters; i++) {
    const { items } = await (await pdf.getPage(i)).getTextContent();
    text += `${items
      .map((item) => item.str + (item.hasEOL ? "\n" : ""))
      .join("")
      .trim()}\n\n`;
  }
  return text.trim();
}
