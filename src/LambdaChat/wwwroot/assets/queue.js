// The message that the user sends while a reply runs. It is sent when the reply is complete. If the reply fails or is stopped, the message
// returns to the message box.

export class Queue {
  #message = null; // `{ chat, text, images, files }`

  constructor(session, composer, send) {
    Object.assign(this, { session, composer, send });
  }

  /** Queues a message for the open chat. A second one is appended to the first. */
  add(text, { images, files }) {
    const earlier = this.#message;
    this.#message = { chat: this.session.chat.id, text: join(earlier?.text, text), images: [...(earlier?.images ?? []), ...images], files: [...(earlier?.files ?? []), ...files] };
    this.show();
  }

  /** Shows the queued message of the open chat. */
  show() {
    const message = this.#message?.chat === this.session.chat.id ? this.#message : null;
    this.composer.showQueued(message?.text ?? null, () => this.#take());
    if (message !== null && this.session.run === null) {
      this.#restore();
    }
  }

  /** A reply of the open chat has ended. */
  ended({ chat, fault, stopped }) {
    if (this.#message?.chat !== chat) {
      return;
    }
    if (fault || stopped) {
      this.#restore();
    } else {
      const { text, ...attachments } = this.#take();
      this.send(text, attachments);
    }
  }

  #take() {
    const message = this.#message;
    this.#message = null;
    this.composer.showQueued(null);
    return message;
  }

  #restore() {
    const { text, images, files } = this.#take();
    const written = this.composer.attachments.take();
    this.composer.restore(join(text, this.composer.input.value), { images: [...images, ...written.images], files: [...files, ...written.files] });
  }
}

function join(first, second) {
  return [first, second].filter(Boolean).join("\n\n");
}
