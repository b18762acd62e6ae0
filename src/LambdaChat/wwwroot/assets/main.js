// Creates the parts of the page and connects them.
import { recover } from "./changes.js";
import { Composer, Queue } from "./composer.js";
import { Notices } from "./dialogs.js";
import { addShortcuts, el, iconButton, workerAddress } from "./dom.js";
import { Library } from "./library.js";
import { Models } from "./models.js";
import { announcementOf } from "./message-parts.js";
import { keepChats, Preferences } from "./preferences.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { MemoryStore, openStore, search } from "./store.js";
import { language, pageSettings, t } from "./texts.js";
import { Thread } from "./thread.js";

const root = document.documentElement;
const preferences = new Preferences();
// Removes the key of a link from the address. Nothing is awaited before that, so it is done before the page's load event.
const models = new Models(preferences, showModel, () => session.resume().catch(() => {}));

const stored = await openStore();
const store = stored ?? new MemoryStore();
stored && (await recover(stored).catch(() => {}));
const notices = new Notices();
const tabs = stored && new BroadcastChannel("lambdachat"); // Tells the other tabs that the stored chats have changed.

const thread = new Thread({
  again: (index, model) => {
    model && models.choose(model);
    queue.act(index, () => session.again(index));
  },
  edit: (index, text) => queue.act(index, () => session.edit(index, text), { images: [], files: [], ...session.messages[index], text }),
  change: (index, version) => tryTo(session.change(index, version)),
  models: () => models.names,
  resume: ({ index }) => {
    queue.act(index, () => session.continue());
    composer.focus();
  },
  example: (text) => composer.write(text),
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
    isChosen && composer.keepFocus();
    messages.length > 0 && queue.show(); // Another version ends the reply that a message waits for.
    refresh();
  },
  changed: () => refresh(),
  written: () => {
    tabs?.postMessage(null);
    stored && keepChats();
  },
  notSaved: () => notices.show(t("storeFailed")),
  notSent: (message) => composer.restore(message),
  ended: (message, isShown) => {
    if (isShown) {
      thread.end(message);
      queue.ended(message);
      notices.say(announcementOf(message));
    }
    refresh();
  },
});

const composer = new Composer({
  chat: () => session.chat?.id ?? opening.then(() => session.chat.id),
  send: (message) => queue.send(message),
  stop: () => session.stop(),
  editLast: () => thread.editLast(),
  isRunning: () => session.run !== null,
  notify: (text) => notices.show(text),
});

const queue = new Queue(session, composer, ready);
const sending = new Set(); // Messages that wait for the models or a chat.
const library = new Library(store, session, (text) => notices.show(text));
const sidebar = new Sidebar(preferences, {
  start: () => closeMenu(startChat),
  open: (chat) => closeMenu(() => tryTo(openChat(chat))),
  rename: (chat, title) => change(library.set(chat, { title })),
  suggest: async (chat) => (await ready()) && change(library.suggestTitle(chat, models)),
  pin: (chat) => change(library.set(chat, { pinned: !chat.pinned })),
  remove: (chat) => change(library.remove(chat)),
  print: (chat) => tryTo(printChat(chat)),
  exportJson: (chat) => tryTo(library.exportJson([chat])),
  exportMarkdown: (chat) => tryTo(library.exportMarkdown(chat)),
  find: async (text, isLate) => (await tryTo(search(store, text, isLate))) ?? new Map(),
  settings: () => closeMenu(() => tryTo(showSettings(), "fault_unreachable")),
});

async function showSettings() {
  await opening;
  const { chat } = session; // Before and behind the dialog, the browser's navigation can open another one.
  const { openSettings } = await import("./settings.js");
  openSettings(chat.sampling ?? {}, preferences, {
    chat: (sampling) => change(library.set(chat, { sampling })),
    language: showLanguage,
    theme: (theme) => (root.dataset.theme = theme),
    exportAll: () => tryTo(library.exportAll()),
    importFile: (file) => change(library.importFile(file)),
    deleteAll: () => change(library.deleteAll()),
    changeKey: () => models.ask(),
    forgetKey: () => models.forget(),
  });
}

// A reload would end running replies, and lose what the browser has not stored.
function showLanguage() {
  const problem = !preferences.areStored ? "changeFailed" : session.runs.count > 0 || !stored ? "languageLater" : null;
  problem ? notices.show(t(problem)) : location.reload();
}

function showModel() {
  composer.attachments.takesImages = models.model?.takesImages ?? composer.attachments.takesImages; // Without a key, images stay.
  thread.showModel(models.model);
  document.body.classList.toggle("several", models.names.length > 1);
}

async function ready(message = { text: "", images: [], files: [] }) {
  sending.add(message);
  const isReady = models.isReady || (await models.load());
  await session.opened();
  sending.delete(message);
  isReady || notices.show(t(navigator.onLine ? "noModel" : "offline"));
  return isReady;
}

// `#chat=ID` is the address of a chat. A new chat gets its address with its first message.
function showAddress(isNewEntry) {
  const hash = session.messages.length > 0 ? `#chat=${session.chat.id}` : "";
  if (location.hash !== hash) {
    history[isNewEntry ? "pushState" : "replaceState"](null, "", location.pathname + location.search + hash);
  }
}

async function openAddress() {
  const link = new URLSearchParams(location.hash.slice(1));
  if (link.get("key")) {
    return location.reload(); // A link with another key was opened in this tab.
  }
  const id = link.get("chat");
  const chat = id && (await tryTo(store.chats()))?.find((other) => other.id === id);
  const isOpen = chat && (await tryTo(session.open(chat).then(() => true)));
  isOpen || session.start();
  showAddress(false); // The chat of the address may have been deleted.
}

async function tryTo(work, problem = "readFailed") {
  try {
    return await work;
  } catch {
    notices.show(t(problem));
  }
}

async function change(work) {
  await tryTo(work, "changeFailed");
  showAddress(false);
  await refresh();
  composer.keepFocus();
  tabs?.postMessage(null);
}

async function refresh() {
  composer.refresh();
  document.title = session.chat?.title ? `${session.chat.title} – ${pageSettings.title}` : pageSettings.title;
  const chats = await tryTo(store.chats());
  chats && sidebar.show(chats, session.chat?.id);
}

async function showWritten() {
  await session.sync();
  showAddress(false);
  await refresh();
}

function closeMenu(run) {
  sidebar.closeOnPhone();
  run();
  composer.focus();
}

function startChat() {
  session.start();
  showAddress(true);
}

async function openChat(chat) {
  await session.open(chat);
  showAddress(true);
}

async function printChat(chat) {
  session.chat.id === chat.id || (await openChat(chat));
  await thread.drawAll();
  print();
}

addShortcuts({
  search: () => sidebar.focusSearch(),
  newChat: () => closeMenu(startChat),
  escape: () => sidebar.closeOnPhone() || sidebar.clearSearch() || session.stop(),
});
addEventListener("copied", ({ detail }) => (detail ? notices.say(t("copied")) : notices.show(t("notCopied"))));
addEventListener("beforeprint", () => thread.drawAll());
addEventListener("pagehide", () => {
  queue.keep([...sending]);
  stored && session.runs.close();
});
// A mobile system ends a hidden page without another event.
document.addEventListener("visibilitychange", () => (document.hidden ? queue.keep([...sending]) : queue.forget()));
addEventListener("pageshow", ({ persisted }) => {
  session.runs.reopen();
  queue.forget();
  persisted && showWritten(); // The page has received no messages of other tabs.
});
root.lang = language;
root.dataset.theme = preferences.theme;
const newButton = iconButton("plus", t("newChat"), () => closeMenu(startChat), { class: "icon-button new-small" });
const header = el("header", { class: "bar" }, sidebar.button, models.select, newButton);
const bottom = el("div", { class: "bottom" }, thread.latest, composer.element, composer.hint);
document.body.append(sidebar.element, sidebar.backdrop, el("main", {}, header, thread.element, bottom), ...notices.elements);
addEventListener("popstate", openAddress);
tabs?.addEventListener("message", showWritten);
// The locks of a closed tab can end before its last text arrives here.
stored && addEventListener("storage", ({ key }) => key === "lambdachat.closing" && recover(stored).then(showWritten));
addEventListener("online", () => models.isReady || models.load());
queue.reopen();
const opening = openAddress(); // What is pressed meanwhile waits for it.
await opening;
composer.focus();
stored ?? notices.show(t("storeFailed"));
await models.load();
navigator.serviceWorker?.register(workerAddress("offline")).catch(() => {}); // The browser may refuse it, as in a private window.
