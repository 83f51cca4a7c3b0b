// What the pages do better with a script; none of it is needed to read or to write.
// Everything that is remembered is on this device, under keys that begin with "palabre:".

const find = (selector, from = document) => from.querySelector(selector);
const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];

// Private windows and full discs may refuse; nothing depends on it.
const store = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(`palabre:${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`palabre:${key}`);
      else localStorage.setItem(`palabre:${key}`, JSON.stringify(value));
    } catch {
      // As above.
    }
  },
};

// What nobody misses in the first moment, once the page stands.
const whenIdle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1000 }) : setTimeout(work));

const form = find("form[data-draft]");
const discussion = find("#comments");

// An old address (#comment-12, or #forum12 of the site before) of a message that stands on another page by now.
function findMessage() {
  const number = /^#(?:comment-|forum)(\d+)$/.exec(location.hash)?.[1];
  if (!number || document.getElementById(`comment-${number}`)) return;
  if (discussion) location.replace(`/comments/${number}`);
}

// The text field grows with the text, also where CSS cannot do it.
function grow(area) {
  if (!area || CSS.supports("field-sizing", "content")) return;
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  area.addEventListener("input", fit);
  fit();
}

// Name, e-mail and website, remembered when the commenter wishes.
function remember() {
  const row = find("[data-remember]", form);
  const box = row && find("input", row);
  if (!box) return;
  const fields = ["name", "email", "website"].map((name) => form.elements[name]).filter(Boolean);
  const notify = form.elements.notify;
  const known = store.get("me");
  for (const field of fields) {
    if (known?.[field.name] && !field.value) field.value = known[field.name];
  }
  if (notify && known?.notify) notify.checked = true;
  box.checked = Boolean(known);
  row.classList.add("ready");
  const save = () => {
    const me = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    store.set("me", box.checked ? { ...me, notify: notify?.checked } : null);
  };
  box.addEventListener("change", save);
  form.addEventListener("submit", save);
}

const DRAFT_LIFE_MS = 30 * 24 * 3600 * 1000;

// What is being written survives a closed tab, for a month. The key changes with the message answered.
const draftKey = () => `draft:${form.dataset.article}:${form.elements.reply_to.value || 0}`;

function keepDraft() {
  const { text, title } = form.elements;
  const line = find("[data-draft-found]", form);
  const draft = store.get(draftKey());
  if (draft && !(Date.now() - draft.at < DRAFT_LIFE_MS)) {
    store.set(draftKey(), null);
  } else if (draft && !text.value) {
    text.value = draft.text;
    if (!title.value) title.value = draft.title;
    if (line) {
      const day = new Date(draft.at).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
      find("span", line).textContent = line.dataset.draftFound.replace("{date}", day);
      line.hidden = false;
      find("button", line).addEventListener("click", () => {
        text.value = title.value = "";
        store.set(draftKey(), null);
        line.hidden = true;
        text.focus();
      });
    }
  }
  let timer = 0;
  let typed = false;
  const save = () => {
    clearTimeout(timer);
    if (!typed) return;
    store.set(draftKey(), text.value ? { text: text.value, title: title.value, at: Date.now() } : null);
  };
  form.addEventListener("input", () => {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  form.addEventListener("submit", save);
  addEventListener("pagehide", save);
}

// 'Reply' and 'Quote' bring the form of this page instead of another page.
function answer(message) {
  const line = find("[data-replying]", form);
  const number = message?.id.replace("comment-", "") ?? "";
  store.set(draftKey(), null);
  form.elements.reply_to.value = number;
  if (form.elements.text.value) form.dispatchEvent(new Event("input"));
  line.hidden = !number;
  if (number) {
    const name = find(".p-author", message).textContent;
    find("span", line).textContent = line.dataset.replying.replace("{name}", name).replace("{number}", number);
  }
}

function goToForm() {
  form.elements.text.focus({ preventScroll: true });
  form.scrollIntoView({ block: "start" });
}

function quote(message) {
  const text = find(".e-content", message);
  const selection = getSelection();
  const chosen = !selection.isCollapsed && text.contains(selection.anchorNode) && text.contains(selection.focusNode);
  const words = (chosen ? selection.toString() : text.innerText).trim();
  const lines = words.split(/\n+/).map((line) => `> ${line}`);
  const area = form.elements.text;
  const before = area.value.trimEnd();
  area.value = `${before}${before ? "\n\n" : ""}${lines.join("\n>\n")}\n\n`;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// One listener for all: a page of fifty messages is ready at once.
function offerAnswers() {
  const line = find("[data-replying]", form);
  if (!discussion || !line) return;
  discussion.addEventListener("click", (event) => {
    const chosen = event.target.closest?.("a[data-reply], button[data-quote]");
    if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const message = chosen.closest(".message");
    event.preventDefault();
    answer(message);
    if (chosen.matches("button")) quote(message);
    goToForm();
  });
  // A press on the button must not undo the selection it is to quote.
  discussion.addEventListener("pointerdown", (event) => {
    if (event.target.closest?.("button[data-quote]")) event.preventDefault();
  });
  find("button", line).addEventListener("click", () => answer(null));
  whenIdle(offerQuoting);
}

function offerQuoting() {
  for (const link of findAll("a[data-reply]", discussion)) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.quote = "";
    button.textContent = discussion.dataset.quote;
    link.parentElement.append(button); // at the end: nothing moves
  }
}

// Names of the discussion, behind an '@': the script for it comes with the first one.
function offerNames() {
  const { text } = form.elements;
  const { mention } = form.dataset;
  if (!mention) return;
  const load = async () => {
    if (!text.value.includes("@")) return;
    text.removeEventListener("input", load);
    (await import(mention)).offerNames(text, form.dataset);
  };
  text.addEventListener("input", load);
}

// After sending: the draft has served, and this device asks for its own pending messages from now on.
function afterSending() {
  const sent = find("main")?.dataset.sent;
  if (!sent) return;
  store.set(`draft:${sent}`, null);
  store.set(`own:${sent.split(":")[0]}`, true);
}

// One's own pending messages, at their place; only asked for where one has been sent from this device.
async function showOwn() {
  const { own, article } = discussion.dataset;
  if (!own || !store.get(`own:${article}`)) return;
  const response = await fetch(own, { headers: { accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return;
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  const messages = findAll(".message", parsed);
  if (messages.length === 0) store.set(`own:${article}`, null);
  for (const message of messages) {
    if (document.getElementById(message.id)) continue;
    const root = document.getElementById(`comment-${message.dataset.root}`);
    place(document.adoptNode(message), root?.closest(".thread"));
  }
}

function place(message, thread) {
  if (thread) {
    let replies = find(".replies", thread);
    if (!replies) {
      replies = document.createElement("div");
      replies.className = "replies";
      thread.append(replies);
    }
    replies.append(message);
    return;
  }
  const section = document.createElement("section");
  section.className = "thread";
  section.append(message);
  const first = find(".thread");
  if ("ownFirst" in discussion.dataset && first) {
    first.before(section);
    return;
  }
  const last = findAll(".thread").at(-1);
  if (last) last.after(section);
  else find(".threads")?.append(section);
}

// A folded message opens when what is looked for is in what it hides: by the browser's search, by a link, by the keyboard.
function unfold({ target }) {
  const details = target instanceof Element && find(":scope > details", target.parentElement);
  if (!target.matches?.(".fold > .message-text") || !details || details.open) return;
  target.scrollTop = 0;
  details.open = true;
}

// 'Recommend' answers in place; whatever is refused is explained by the page of the form.
function markRecommended(button, mine) {
  button.setAttribute("aria-pressed", mine.includes(button.dataset.recommend));
}

async function recommend(event) {
  const button = event.target.closest?.("button[data-recommend]");
  if (!button) return;
  event.preventDefault();
  const number = button.dataset.recommend;
  const mine = store.get("recommended") ?? [];
  const undo = mine.includes(number);
  const body = new URLSearchParams(new FormData(button.form));
  if (undo) body.set("undo", "1");
  const headers = { accept: "application/json" };
  const response = await fetch(button.formAction, { method: "POST", headers, body }).catch(() => null);
  if (!response?.ok) {
    location.assign(button.formAction);
    return;
  }
  const { recommended, count } = await response.json();
  const now = mine.filter((one) => one !== number);
  store.set("recommended", recommended ? [...now, number].slice(-500) : now);
  markRecommended(button, recommended ? [number] : []);
  const tally = button.nextElementSibling;
  find("b", tally).textContent = count;
  tally.hidden = count === 0;
}

function offerRecommending() {
  if (!find("#recommend")) return;
  document.addEventListener("click", recommend);
  const mine = store.get("recommended") ?? [];
  whenIdle(() => {
    for (const button of findAll("button[data-recommend]")) markRecommended(button, mine);
  });
}

// New messages announce themselves (live.js), from some time after the page was there: first things first.
function followLive() {
  const bar = find("[data-live]");
  if (!bar || !navigator.locks || !window.BroadcastChannel) return;
  const begin = () => setTimeout(async () => (await import(bar.dataset.script)).follow(bar, place), 2000);
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin);
}

addEventListener("scroll", unfold, true);
addEventListener("hashchange", findMessage);
findMessage();
afterSending();
if (form) {
  keepDraft();
  remember();
  offerAnswers();
  offerNames();
  grow(form.elements.text);
}
if (discussion) {
  offerRecommending();
  showOwn();
  followLive();
}
