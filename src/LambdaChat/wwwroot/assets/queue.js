// The messages that the user sends while replies run, one for each chat. A message is sent when the reply is complete. If the reply fails
// or is stopped, or the user has left the chat meanwhile, the message returns to the message box.

export class Queue {
  #messages = new Map(); // `{ text, images, files }` by chat id.
  #sending = null; // The chat whose message is about to be sent.

  constructor(session, composer, send) {
    Object.assign(this, { session, composer, send });
  }

  /** Queues a message for the open chat. A second one is appended to the first. */
  add(text, { images, files }) {
    const earlier = this.#message;
    this.#messages.set(this.session.chat.id, {
      text: join(earlier?.text, text),
      images: [...(earlier?.images ?? []), ...images],
      files: [...(earlier?.files ?? []), ...files],
    });
    this.show();
  }

  /** Shows the queued message of the open chat. */
  show() {
    this.composer.showQueued(this.#message?.text ?? null, () => this.#take());
    if (this.#message && this.session.run === null && this.session.chat.id !== this.#sending) {
      this.#restore();
    }
  }

  /** Whether the open chat has a message. Until it is sent, a further one is appended to it. */
  get isWaiting() {
    return this.#message !== undefined;
  }

  /** A reply of the open chat has ended. */
  async ended({ chat, fault, stopped }) {
    if (this.#message && !fault && !stopped) {
      this.#sending = chat;
      await this.session.sync().finally(() => (this.#sending = null)); // Another tab may have written messages, which come first.
    }
    if (this.#message && this.session.chat.id === chat && this.session.run === null) {
      if (fault || stopped) {
        this.#restore();
      } else {
        const { text, ...attachments } = this.#take();
        this.send(text, attachments);
      }
    }
  }

  get #message() {
    return this.#messages.get(this.session.chat.id);
  }

  #take() {
    const message = this.#message;
    this.#messages.delete(this.session.chat.id);
    this.composer.showQueued(null);
    return message;
  }

  #restore() {
    const { text, images, files } = this.#take();
    const written = this.composer.attachments.take();
    this.composer.restore(join(text, this.composer.input.value), {
      images: [...images, ...written.images],
      files: [...files, ...written.files],
    });
  }
}

function join(first, second) {
  return [first, second].filter(Boolean).join("\n\n");
}
