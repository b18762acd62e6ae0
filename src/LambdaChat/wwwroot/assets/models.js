import { Api } from "./api.js";
import { field, show } from "./dialogs.js";
import { el } from "./dom.js";
import { explain, kindOf } from "./faults.js";
import { home, toApi } from "./preferences.js";
import { t } from "./texts.js";

export class Models {
  #preferences;
  #changed;
  #ready;
  #models = [];
  #loading = null;

  /** @param ready Called and awaited when there are models. */
  constructor(preferences, changed, ready) {
    this.#preferences = preferences;
    this.#changed = changed;
    this.#ready = ready;
    this.select = el(
      "select",
      { class: "model", "aria-label": t("model"), onchange: () => this.#choose() },
      el("option", { text: t("noModel") }),
    );
    this.#readLink();
  }

  get isReady() {
    return this.#models.length > 0;
  }

  get api() {
    const api = this.#preferences.api;
    return new Api(api, this.#preferences.keyFor(api));
  }

  get names() {
    return this.#models.map((model) => model.id);
  }

  choose(name) {
    this.select.value = name;
    this.#choose();
  }

  get model() {
    return this.#models.find((model) => model.id === this.select.value) ?? null;
  }

  /** Loads the models and asks the user for a key if the API requires one. Returns true if there are models. */
  load() {
    return (this.#loading ??= this.#load().finally(() => (this.#loading = null)));
  }

  async #load() {
    if (this.proposed) {
      return this.ask();
    }
    try {
      return await this.#show(await this.api.models());
    } catch (error) {
      return navigator.onLine ? this.ask(kindOf(error) === "key" && !this.api.key ? null : error) : false;
    }
  }

  async ask(problem = null) {
    const answer = await askKey(this.#preferences, this.proposed ?? this.#preferences.api, problem);
    this.proposed = null;
    if (answer === null) {
      return false;
    }
    this.#preferences.api = answer.api;
    this.#preferences.useKey(answer.api, answer.key, answer.isKept);
    return this.#show(answer.models);
  }

  forget() {
    this.#preferences.forgetKey(this.#preferences.api);
    this.#show([]);
    return this.load();
  }

  // `#key=…` is used for this visit and removed from the address bar. `?api=…` only proposes an address: the user confirms it in the key
  // dialog.
  #readLink() {
    const link = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B")); // A key has no spaces.
    const key = link.get("key");
    const api = new URLSearchParams(location.search).get("api");
    this.proposed = api && toApi(api) !== this.#preferences.api ? toApi(api) : null;
    if (key) {
      this.#preferences.useLinkedKey(key);
      const chat = link.get("chat");
      history.replaceState(null, "", location.pathname + location.search + (chat ? `#chat=${chat}` : ""));
    }
    if (key && this.proposed === null && this.#preferences.api !== home) {
      this.#preferences.api = home;
    }
  }

  async #show(models) {
    this.#models = models;
    const names = models.length > 0 ? models.map((model) => model.id) : [t("noModel")];
    this.select.replaceChildren(...names.map((name) => el("option", { text: name, selected: name === this.#preferences.model })));
    this.#changed();
    if (this.isReady) {
      await this.#ready();
    }
    return this.isReady;
  }

  #choose() {
    this.#preferences.model = this.select.value;
    this.#changed();
  }
}

/**
 * Asks for an API key and tests it. Without an entry, the key that the address has is used again. Resolves to
 * `{ api, key, isKept, models }`, or to null if the user closes the dialog.
 */
function askKey(preferences, proposedApi, problem) {
  return new Promise((resolve) => {
    const address = el("input", { type: "url", value: proposedApi, required: true, spellcheck: "false", oninput: () => explainOrigin() });
    const placeholder = preferences.keyFor(proposedApi) && "••••••••";
    const key = el("input", { type: "password", autocomplete: "off", spellcheck: "false", autofocus: true, placeholder });
    const keep = el("input", { type: "checkbox", checked: preferences.isKept(proposedApi) });
    const text = el("p");
    const error = el("p", { class: "error", role: "alert", text: problem ? describe(problem) : "" });
    const submit = el("button", { class: "primary", text: t("enter") });
    const explainOrigin = () => (text.textContent = t("keyText", new URL(toApi(address.value) ?? proposedApi).host));
    let result = null;
    const form = el(
      "form",
      {
        novalidate: true,
        onsubmit: async (event) => {
          event.preventDefault();
          const api = toApi(address.value);
          submit.textContent = t("testing");
          try {
            if (api === null) {
              throw new TypeError(address.value);
            }
            const used = key.value.trim() || preferences.keyFor(api);
            result = { api, key: used, isKept: keep.checked, models: await new Api(api, used).models() };
            dialog.close();
          } catch (failure) {
            error.textContent = describe(failure);
          } finally {
            submit.textContent = t("enter");
          }
        },
      },
      text,
      field(t("key"), key),
      el("label", { class: "check" }, keep, t("keep")),
      el("details", {}, el("summary", { text: t("address") }), field(t("address"), address)),
      error,
      el("div", { class: "row end" }, submit),
    );
    explainOrigin();
    const dialog = show(t("keyTitle"), [form]);
    dialog.addEventListener("close", () => resolve(result));
    key.focus();
  });
}

function describe(failure) {
  return kindOf(failure) === "key"
    ? t("keyRefused")
    : failure.code
      ? `${explain(failure).title} ${failure.message}`
      : explain({ code: "unreachable", message: "" }).title;
}
