// Parses server-sent events from byte chunks of any size.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

const maxEventLength = 4 * 1024 * 1024; // Characters. The function sends at most 1 MiB.

/** Returns `{ data, id }` for each complete event, without `id` if it has none, and `{ comment }` for each comment line. */
export class EventReader {
  #decoder = new TextDecoder();
  #line = "";
  #data = null;
  #id = null;
  #length = 0;
  #endedWithCr = false;

  push(bytes) {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#endedWithCr && text.startsWith("\n")) {
      text = text.slice(1); // The LF of a CRLF that was split between two chunks.
      this.#endedWithCr = false;
    }
    if (text !== "") {
      this.#endedWithCr = text.endsWith("\r");
    }
    const events = [];
    const lines = text.split(/\r\n|\n|\r/);
    for (let i = 0; i < lines.length - 1; i++) {
      this.#endLine(this.#line + lines[i], events);
      this.#line = "";
    }
    this.#line += lines.at(-1);
    this.#length += text.length;
    if (this.#length > maxEventLength) {
      throw new RangeError("An event is longer than 4 Mi characters.");
    }
    return events;
  }

  #endLine(line, events) {
    if (line === "") {
      if (this.#data !== null) {
        events.push({ data: this.#data, ...(this.#id !== null && { id: this.#id }) });
      }
      this.#data = this.#id = null;
      this.#length = 0;
      return;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (colon === 0) {
      events.push({ comment: value });
    } else if (name === "data") {
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    } else if (name === "id") {
      this.#id = value;
    }
  }
}
