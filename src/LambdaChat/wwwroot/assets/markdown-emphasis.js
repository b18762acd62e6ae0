// Emphasis in Chinese, Japanese and Korean, which have no spaces between words.
//
// In CommonMark, `**“text”**` is bold only if spaces or punctuation surround it, and `**Note：**` only if a space follows. Here, a character of these
// scripts beside the mark has the effect of a space, and their own punctuation is like a letter. Other texts are read as CommonMark says.

const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\ufe30-\ufe4f\uff00-\uffef]/u;
const punctuation = /[\p{P}\p{S}]/u;

/** The reader of inline content with this rule for `**` and `~~`. */
export function withCjkEmphasis(State) {
  return class extends State {
    scanDelims(start, canSplitWord) {
      const result = super.scanDelims(start, canSplitWord);
      const before = kindOf(this.src.slice(Math.max(0, start - 2), start), -1);
      const after = kindOf(this.src.slice(start + result.length, Math.min(this.posMax, start + result.length + 2)), 0);
      if (canSplitWord && result.length > 1 && (before === "cjk" || after === "cjk")) { // A single `*` may be a multiplication.
        result.can_open = after !== "space" && (after !== "punctuation" || before !== "letter");
        result.can_close = before !== "space" && (before !== "punctuation" || after !== "letter");
      }
      return result;
    }
  };
}

// The kind of the first or last character.
function kindOf(text, index) {
  const character = [...text].at(index);
  return character === undefined || /\s/.test(character) ? "space" : cjk.test(character) ? "cjk" : punctuation.test(character) ? "punctuation" : "letter";
}
