// Creates the parts of the page and connects them.
import { firstCharacters } from "./characters.js";
import { Composer } from "./composer.js";
import { el, iconButton, isComposing } from "./dom.js";
import { explain } from "./faults.js";
import { Library } from "./library.js";
import { Models } from "./models.js";
import { pageSettings } from "./page-settings.js";
import { Preferences } from "./preferences.js";
import { Queue } from "./queue.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { MemoryStore, openStore } from "./store.js";
import { language, t } from "./texts.js";
import { Thread } from "./thread.js";
import { workerAddress } from "./workers.js";

const maxAnnouncedLength = 20_000; // Characters, about twenty minutes of speech.

const preferences = new Preferences();
// Removes the key of a link from the address. Nothing is awaited before that, so it is done before the page's load event.
const models = new Models(preferences, () => {
  composer.attachments.takesImages = models.model?.takesImages === true;
  thread.showModel(models.model?.id);
});

const stored = await openStore();
const store = stored ?? new MemoryStore();
const live = el("div", { class: "visually-hidden", "aria-live": "polite" }); // Screen readers announce each reply once, when it is complete.
const toast = el("div", { class: "toast", role: "status" });
let toastTimer;
const tabs = new BroadcastChannel("lambdachat"); // Tells the other tabs that the stored chats have changed.

const thread = new Thread({
  again: (index, model) => {
    if (model !== undefined) {
      models.choose(model);
    }
    session.again(index);
  },
  edit: (index, text) => session.edit(index, text),
  change: (index, version) => session.change(index, version),
  models: () => models.names,
  resume: () => session.continue(),
  example: (text) => {
    composer.restore(text, composer.attachments.take());
    composer.input.focus();
  },
  runOf: (message) => (session.run?.message === message ? session.run : null),
  isElsewhere: (message) => session.isElsewhere(message),
});

const session = new Session(store, models, preferences, {
  show: (messages) => {
    thread.show(messages);
    queue.show();
    refresh();
  },
  add: (message) => {
    thread.add(message);
    showAddress(false);
  },
  update: (message) => thread.update(message),
  replace: (index, messages, isChosen) => {
    thread.replace(index, messages, isChosen);
    refresh();
  },
  changed: () => refresh(),
  written: () => tabs.postMessage(null),
  notSaved: () => notify(t("storeFailed")),
  ended: (message, isShown) => {
    if (isShown) {
      thread.end(message);
      queue.ended(message);
      live.textContent = message.fault ? t("failed", explain(message.fault).title) : announcement(message.text);
    }
    refresh();
  },
});

const composer = new Composer({
  send: (text, attachments) => send(text, attachments),
  stop: () => session.stop(),
  editLast: () => thread.editLast(),
  isRunning: () => session.run !== null,
  notify,
});

const queue = new Queue(session, composer, send);
const library = new Library(store, session, notify);
const sidebar = new Sidebar({
  start: () => closeMenu(startChat),
  open: (chat) => closeMenu(() => openChat(chat)),
  rename: (chat, title) => change(library.set(chat, { title })),
  suggest: (chat) => change(library.suggestTitle(chat, models)),
  pin: (chat) => change(library.set(chat, { pinned: !chat.pinned })),
  remove: (chat) => change(library.remove(chat)),
  print: (chat) => printChat(chat),
  exportJson: (chat) => library.exportJson([chat]),
  exportMarkdown: (chat) => library.exportMarkdown(chat),
  find: (text) => store.search(text),
  settings: () => closeMenu(showSettings),
  fold: () => {
    toggleMenu(false);
    menu.focus();
  },
});

const menu = iconButton("menu", t("menu"), () => toggleMenu(), { class: "icon-button menu-button", "aria-controls": "sidebar" });
const phone = matchMedia("(max-width: 760px)");
const backdrop = el("div", { class: "backdrop", onclick: () => closePhoneMenu() });

async function showSettings() {
  const { openSettings } = await import("./settings.js");
  openSettings({ chat: session.chat.sampling ?? {}, all: preferences.sampling, theme: preferences.theme }, {
    chat: (sampling) => change(library.changeSampling(sampling)),
    all: (sampling) => (preferences.sampling = sampling),
    language: (name) => {
      preferences.language = name;
      location.reload();
    },
    theme: (theme) => {
      preferences.theme = theme;
      showTheme();
    },
    exportAll: () => library.exportAll(),
    importFile: (file) => change(library.importFile(file)),
    deleteAll: () => change(library.deleteAll()),
    changeKey: () => models.ask(),
    forgetKey: () => models.forget(),
  });
}

async function send(text, attachments) {
  if (session.run !== null || queue.isWaiting) {
    queue.add(text, attachments);
    return;
  }
  if (models.isReady || (await models.load())) {
    await session.send(text, models.model?.takesImages ? attachments : { ...attachments, images: [] });
  } else {
    composer.restore(text, attachments);
    if (!navigator.onLine) {
      notify(t("offline"));
    }
  }
}

// `#chat=ID` is the address of a chat. A new chat gets its address with its first message.
function showAddress(isNewEntry) {
  const hash = session.messages.length > 0 ? `#chat=${session.chat.id}` : "";
  if (location.hash !== hash) {
    history[isNewEntry ? "pushState" : "replaceState"](null, "", location.pathname + location.search + hash);
  }
}

async function openAddress() {
  const id = new URLSearchParams(location.hash.slice(1)).get("chat");
  const chat = id && (await store.chats()).find((other) => other.id === id);
  await (chat ? session.open(chat) : session.start());
  showAddress(false); // Of a deleted chat nothing is left.
}

async function change(work) {
  await work;
  showAddress(false);
  await refresh();
  tabs.postMessage(null);
}

async function refresh() {
  composer.refresh();
  document.title = session.chat?.title ? `${session.chat.title} – ${pageSettings.title}` : pageSettings.title;
  sidebar.show(await store.chats(), session.chat?.id);
}

// Announcing a very long reply in full would block the page.
function announcement(text) {
  return text.length <= maxAnnouncedLength ? t("answerReady", text) : t("answerBegins", firstCharacters(text, maxAnnouncedLength));
}

function notify(text) {
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.classList.remove("shown"), 5000);
}

// On a phone the chat list covers the page until a choice is made. On a desktop it stays as the reader left it.
function toggleMenu(isOpen = !isMenuOpen()) {
  if (phone.matches) {
    document.body.classList.toggle("menu-open", isOpen);
  } else {
    preferences.isFolded = !isOpen;
  }
  showMenu();
}

function isMenuOpen() {
  return phone.matches ? document.body.classList.contains("menu-open") : !preferences.isFolded;
}

function showMenu() {
  document.body.classList.toggle("folded", preferences.isFolded);
  menu.setAttribute("aria-expanded", String(isMenuOpen()));
}

function closePhoneMenu() {
  document.body.classList.remove("menu-open");
  showMenu();
}

function closeMenu(run) {
  closePhoneMenu();
  run();
  focusInput();
}

// On a touch screen the focus would open the keyboard.
function focusInput() {
  if (!matchMedia("(hover: none)").matches) {
    composer.input.focus();
  }
}

function startChat() {
  session.start();
  showAddress(true);
}

async function openChat(chat) {
  await session.open(chat);
  showAddress(true);
}

async function loadModels() {
  if (await models.load()) {
    session.resume();
  }
}

function keepForOffline() {
  navigator.serviceWorker?.register(workerAddress("offline")).catch(() => {}); // The browser may refuse it, as in a private window.
}

async function printChat(chat) {
  if (session.chat.id !== chat.id) {
    await openChat(chat);
  }
  await thread.drawAll();
  print();
}

function showTheme() {
  document.documentElement.dataset.theme = preferences.theme;
}

document.addEventListener("keydown", (event) => {
  if (isComposing(event) || document.querySelector("dialog[open]")) {
    return;
  }
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const key = letterOf(event);
    if (key === "k" && !event.shiftKey) {
      event.preventDefault();
      toggleMenu(true);
      sidebar.focusSearch();
    } else if (key === "o" && event.shiftKey) {
      event.preventDefault();
      closeMenu(startChat);
    }
  } else if (event.key === "Escape") {
    if (phone.matches && isMenuOpen()) {
      closePhoneMenu();
    } else if (!sidebar.clearSearch()) {
      session.stop();
    }
  }
});

// The letter of a key, also with the keyboard layouts of other scripts.
function letterOf({ key, code }) {
  return (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, "")).toLowerCase();
}

addEventListener("beforeprint", () => thread.drawAll());
addEventListener("pagehide", () => session.close());
addEventListener("pageshow", () => session.reopen());
document.documentElement.lang = language;
document.title = pageSettings.title;
showTheme();
showMenu();
phone.addEventListener("change", showMenu);
document.body.append(sidebar.element, backdrop, el("main", {},
  el("header", { class: "bar" }, menu, models.select, iconButton("plus", t("newChat"), () => closeMenu(startChat), { class: "icon-button new-small" })),
  thread.element, el("div", { class: "bottom" }, thread.latest, composer.element, composer.hint)), live, toast);
addEventListener("popstate", openAddress);
tabs.addEventListener("message", async () => {
  await session.sync();
  showAddress(false);
  await refresh();
});
addEventListener("online", () => models.isReady || loadModels());
await openAddress();
focusInput();
if (stored === null) {
  notify(t("storeFailed"));
}
await loadModels();
keepForOffline();
