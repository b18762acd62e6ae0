import { workerAddress } from "./dom.js";

const maxSize = 20_000_000; // Bytes.
const maxPdfTime = 60_000; // Milliseconds.
const maxSide = 1568; // Pixels. Common vision models scale larger images down to this size.

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

/** Reads an image. Returns `{ url }`, a data URL, or `{ problem }` with a text key. */
export async function readImage(file, maxCharacters) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) {
    return { problem: "noImage" };
  }
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // What is transparent would be black in a JPEG.
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const isSmall = file.type === "image/png" && canvas.width * canvas.height < 250_000;
  const url = canvas.toDataURL(isSmall ? "image/png" : "image/jpeg", 0.85);
  return url.length > maxCharacters ? { problem: "imageTooLarge" } : { url };
}
