// The character maps (CMaps) that a Chinese, Japanese or Korean PDF names and does not contain.
// `vendor` has only the maps from the glyph numbers (CIDs) of Adobe's four collections to Unicode. For the map of an encoding to CIDs, the
// browser decodes every code, and the inverse of the collection's map has its CID. Other characters get unused CIDs.

const folder = new URL("../vendor/pdfjs-dist/cmaps/", import.meta.url);
const spare = { first: 0x2000, last: 0x9fff, cid: 0x8000 }; // Punctuation, symbols, kana and ideographs.
const unicode = {
  pattern: /^Uni(?:GB|CNS|JIS|JIS2004|KS)-(?:UCS2|UTF16)(?:-HW)?-[HV]$/,
  spaces: [[2, 0, 0xd7ff], [4, 0xd800dc00, 0xdbffdfff], [2, 0xe000, 0xffff]],
};
const encodings = [
  { pattern: /^(?:GB|GBpc|GBK|GBKp)-EUC-[HV]$|^GBK2K-[HV]$/, label: "gbk", collection: "GB1", spaces: [[1, 0, 0x80], [2, 0x8140, 0xfefe]] },
  { pattern: /^(?:B5pc|HKscs-B5|ETen-B5|ETenms-B5)-[HV]$/, label: "big5", collection: "CNS1", spaces: [[1, 0, 0x80], [2, 0x8140, 0xfefe]] },
  { pattern: /^(?:83pv|90ms|90msp|90pv|Add|Ext)-RKSJ-[HV]$/, label: "shift_jis", collection: "Japan1",
    spaces: [[1, 0, 0x80], [2, 0x8140, 0x9ffc], [1, 0xa0, 0xdf], [2, 0xe040, 0xfcfc]] },
  { pattern: /^EUC-[HV]$/, label: "euc-jp", collection: "Japan1", spaces: [[1, 0, 0x80], [2, 0x8ea0, 0x8edf], [2, 0xa1a1, 0xfefe]] },
  // The codes of EUC without the highest bits.
  { pattern: /^[HV]$/, label: "euc-jp", collection: "Japan1", spaces: [[2, 0x2121, 0x7e7e]], set: 0x8080 },
  { pattern: /^(?:KSC|KSCpc)-EUC-[HV]$|^KSCms-UHC(?:-HW)?-[HV]$/, label: "euc-kr", collection: "Korea1",
    spaces: [[1, 0, 0x80], [2, 0x8141, 0xfefe]] },
];
const collections = { GB: "GB1", CNS: "CNS1", JIS: "Japan1", KS: "Korea1" };
// Encodings whose ASCII characters have half the width of an ideograph.
const halfWidth = /^(?:GBK?-EUC|ETen-B5|90ms-RKSJ|(?:Add|Ext)-RKSJ|EUC|KSC-EUC|.*-HW)-/;
const halfWidthCids = {
  GB1: { space: 7716, others: 814 }, CNS1: { space: 13648, others: 13649 },
  Japan1: { space: 231, others: 232 }, Korea1: { space: 8094, others: 8095 },
};

/** A factory for pdf.js with the option `cMapPacked: false`. */
export class CharacterMaps {
  async fetch({ kind, filename: name }) {
    const [, wanted] = /^Adobe-(\w+)-UCS2$/.exec(name) ?? [];
    const encoding = unicode.pattern.test(name)
      ? { ...unicode, collection: collections[/^Uni([A-Z]+)/.exec(name)[1]] }
      : encodings.find(({ pattern }) => pattern.test(name));
    if (kind !== "cMapUrl" || (!Object.values(collections).includes(wanted) && !encoding)) {
      throw new Error(`There is no ${name}.`);
    }
    const collection = wanted ?? encoding.collection;
    const response = await fetch(new URL(`Adobe-${collection}-UCS2.bcmap`, folder));
    if (!response.ok) {
      throw new Error(`The map of ${collection} was not loaded.`);
    }
    const texts = readTexts(new Uint8Array(await response.arrayBuffer()));
    return new TextEncoder().encode(wanted ? writeCollection(texts) : writeEncoding(name, encoding, texts));
  }
}

// Reads pdf.js's binary form of a collection's map: blocks of single CIDs (type 4) and of ranges (type 5) with their texts, mostly as
// differences. Returns the texts by CID.
function readTexts(bytes) {
  const texts = new Map();
  let at = 1;
  const fixed = (length) => bytes.subarray(at, (at += length)).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const number = () => {
    let value = 0n;
    do {
      value = (value << 7n) | BigInt(bytes[at] & 127);
    } while (bytes[at++] & 128);
    return value;
  };
  const difference = () => {
    const value = number();
    return value & 1n ? -(value >> 1n) : (value >> 1n) + 1n;
  };
  const readBlock = (count, isRange, isDense, length) => {
    let [first, last, text] = [0n, -1n, 0n];
    for (let i = 0; i < count; i++) {
      first = i === 0 ? fixed(2) : last + 1n + (isDense ? 0n : number());
      last = isRange ? first + number() : first;
      text = i === 0 || isRange ? fixed(length) : text + difference();
      for (let cid = first; cid <= last; cid++) {
        texts.set(Number(cid), toText(text + cid - first, length));
      }
    }
  };
  while (at < bytes.length) {
    const head = bytes[at++];
    const [type, length, count] = [head >> 5, (head & 15) + 1, Number(number())];
    if (type === 4 || type === 5) {
      readBlock(count, type === 5, (head & 16) !== 0, length);
    } else {
      at += type === 7 ? count : length; // A comment, or the range of all CIDs, whose second number follows.
      type === 7 || number();
    }
  }
  return texts;
}

// The differences wrap around.
function toText(value, length) {
  const units = BigInt.asUintN(8 * length, value).toString(16).padStart(2 * length, "0").match(/.{4}/g);
  return String.fromCharCode(...units.map((unit) => parseInt(unit, 16)));
}

function writeCollection(texts) {
  const unitsOf = (text) => Array.from({ length: text.length }, (_, i) => hex(text.charCodeAt(i), 2)).join("");
  const lines = [...texts].map(([cid, text]) => `<${hex(cid, 2)}><${unitsOf(text)}>`);
  return [...codespace([[2, 0, 0xffff]]), "1 beginbfrange", `<${hex(spare.cid, 2)}><ffff><${hex(spare.first, 2)}>`, "endbfrange",
    `${lines.length} beginbfchar`, ...lines, "endbfchar"].join("\n");
}

function writeEncoding(name, { label, collection, spaces, set = 0 }, texts) {
  const cids = new Map([...texts].sort(([a], [b]) => b - a).map(([cid, text]) => [text, cid])); // Of several CIDs of a text the first one.
  const codes = label ? decodeAll(label, spaces, set) : allOf(cids);
  const lines = [];
  let run = null; // Codes in a row whose CIDs are in a row.
  for (const [length, code, text] of codes) {
    const cid = halfWidth.test(name) ? toHalfWidth(collection, text) ?? toCid(cids, text) : toCid(cids, text);
    if (cid !== undefined && run?.length === length && code === run.last + 1 && cid === run.cid + code - run.first) {
      run.last = code;
    } else if (cid !== undefined) {
      lines.push((run = { length, first: code, last: code, cid }));
    }
  }
  return [...codespace(spaces), `/WMode ${name.endsWith("V") ? 1 : 0} def`, `${lines.length} begincidrange`,
    ...lines.map(({ length, first, last, cid }) => `<${hex(first, length)}><${hex(last, length)}>${cid}`), "endcidrange"].join("\n");
}

function codespace(spaces) {
  const lines = spaces.map(([length, first, last]) => `<${hex(first, length)}><${hex(last, length)}>`);
  return [`${lines.length} begincodespacerange`, ...lines, "endcodespacerange"];
}

function hex(value, length) {
  return value.toString(16).padStart(2 * length, "0");
}

function toHalfWidth(collection, text) {
  const { space, others } = halfWidthCids[collection];
  return text === " " ? space : text > " " && text < "~" ? others + text.charCodeAt(0) - 0x21 : undefined;
}

function toCid(cids, text) {
  const code = text.charCodeAt(0);
  const isSpare = text.length === 1 && code >= spare.first && code <= spare.last;
  return cids.get(text) ?? (isSpare ? spare.cid + code - spare.first : cids.get(text.normalize("NFKC")));
}

// All codes of an encoding: `[length, code, text]`. They are decoded together.
function decodeAll(label, spaces, set) {
  const codes = spaces.flatMap(codesOf);
  const bytes = codes.flatMap(([length, code]) => [...(length === 1 ? [code] : [(code | set) >> 8, (code | set) & 0xff]), 10]);
  const texts = new TextDecoder(label).decode(Uint8Array.from(bytes)).split("\n");
  return codes.map((code, i) => [...code, texts[i]]).filter(([, , text]) => isCharacter(text));
}

// Without control characters. Each byte of a code is in the range of its place.
function codesOf([length, first, last]) {
  const start = Math.max(first, 0x20);
  const codes = Array.from({ length: last - start + 1 }, (_, i) => start + i);
  return codes.filter((code) => (code & 0xff) >= (start & 0xff) && (code & 0xff) <= (last & 0xff)).map((code) => [length, code]);
}

function isCharacter(text) {
  return text !== "\ufffd" && (text.length === 1 || (text.length === 2 && text.codePointAt(0) > 0xffff));
}

// All characters of the Basic Multilingual Plane, and the others of the collection, by their UTF-16 codes.
function allOf(cids) {
  const all = Array.from({ length: 0xfffd }, (_, code) => [2, code, String.fromCharCode(code)]);
  const basic = all.filter(([, code]) => code < 0xd800 || code > 0xdfff);
  const others = [...cids.keys()].filter((text) => text.length === 2 && isCharacter(text));
  return [...basic, ...others.map((text) => [4, text.charCodeAt(0) * 0x10000 + text.charCodeAt(1), text])];
}
