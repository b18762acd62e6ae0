// Cuts texts between user-perceived characters (grapheme clusters).

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const windowLength = 128; // UTF-16 units. Longer clusters, of hostile text, are cut between code points.
const maxUnitsPerCharacter = 16; // Bounds the result for such text.

export function firstCharacters(text, count) {
  if (text.length <= count) {
    return text;
  }
  const prefix = text.slice(0, cutBefore(text, count * maxUnitsPerCharacter));
  let seen = 0;
  for (const { index } of segmenter.segment(prefix)) {
    if (seen++ === count) {
      return prefix.slice(0, index);
    }
  }
  return prefix;
}

/** A text in lower case, for a search. The length stays: that of İ would change. */
export function lowered(text) {
  return text.replaceAll("İ", "i").toLowerCase();
}

/** The last boundary between two characters at or before an offset. */
export function cutBefore(text, offset) {
  if (offset >= text.length) {
    return text.length;
  }
  const start = Math.max(0, offset - windowLength);
  let boundary = 0;
  for (const { index } of segmenter.segment(text.slice(start, offset + windowLength))) {
    if (start + index > offset) {
      break;
    }
    boundary = index;
  }
  const isLowSurrogate = (text.charCodeAt(offset) & 0xfc00) === 0xdc00;
  return boundary > 0 ? start + boundary : offset - (isLowSurrogate ? 1 : 0);
}

/** The first sentence of a text, with at most `count` characters. */
export function firstSentence(text, count) {
  const line = text.trim().replace(/\s+/g, " ");
  return firstCharacters(/^.{8,}?(?:[.!?](?= )|[。！？])/u.exec(line)?.[0] ?? line, count);
}
