// Decides in which frames a growing reply is drawn: in each one while the browser keeps up, otherwise less often.

const slow = 1.5; // A frame that takes so many times as long as the shortest one is slow.
const rest = 4; // Times as long as the slow frame.
const maxRest = 120; // Milliseconds. What comes meanwhile is drawn in one task.
const growth = 1.02; // Per frame, so that a lower frame rate of the screen becomes the usual one.

export class Pace {
  #last = null; // When the previous frame began.
  #shortest = Infinity;
  #hasDrawn = false;
  #due = 0;

  /** Begins a frame, at a time in milliseconds. Returns whether to draw in it. */
  begin(now) {
    if (this.#last !== null) {
      this.#measure(now, now - this.#last);
    }
    this.#last = now;
    this.#hasDrawn = false;
    return now >= this.#due;
  }

  /** The reply was drawn in this frame. */
  drew() {
    this.#hasDrawn = true;
  }

  /** No frame follows the last one directly. */
  stop() {
    this.#last = null;
  }

  #measure(now, duration) {
    this.#shortest = Math.min(duration, this.#shortest * growth);
    if (this.#hasDrawn && duration > slow * this.#shortest) {
      this.#due = now + Math.min(rest * duration, maxRest);
    }
  }
}
