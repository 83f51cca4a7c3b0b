/* The desk, made faster: keys, no page load between two messages, the next one fetched before it is wanted, and what
   colleagues do. Every page works without this file; whatever fails here is left to the browser's own forms and links. */

const POLL_MS = 12000;
const PREFETCH_LIFE_MS = 30000;

const split = document.querySelector(".desk-split");

/* --- Keys --------------------------------------------------------------------------------------------------------- */

const isTyping = (element) =>
  element.closest("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=submit])") !== null;
const isShown = (element) => element.getClientRects().length > 0;
const first = (selector) => [...document.querySelectorAll(selector)].find(isShown);

const ruleMenu = () => document.querySelector(".by-rule[open]");

function closeMenus(except) {
  for (const details of document.querySelectorAll(".by-rule[open], .desk-own[open]")) {
    if (details !== except) details.open = false;
  }
}

function press(key) {
  const menu = ruleMenu();
  const rule = menu && /^[0-9]$/.test(key) && menu.querySelector(`[data-rule="${key}"]`);
  if (rule) return rule;
  if (key === "x") return document.querySelector(".line.current .tick input");
  if (key === "?") return first("[data-keys]");
  return /^[a-z]$/.test(key) ? first(`[data-key="${key}"]`) : null;
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    const menu = ruleMenu();
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
    else if (isTyping(event.target)) event.target.blur();
    return;
  }
  if (event.repeat || isTyping(event.target)) return;
  /* What has just been decided is what is undone, even while its answer is still on the way. */
  if (event.key === "u" && unanswered > 0) underWay.then(() => use(press("u")));
  else if (use(press(event.key))) event.preventDefault();
}

function use(element) {
  if (!element) return false;
  element.click();
  if (element.matches("summary") && element.parentElement.open) {
    element.parentElement.querySelector("textarea, li button")?.focus();
  }
  return true;
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => closeMenus(event.target.closest("details")));

const keyList = document.getElementById("keys");
const keysButton = document.querySelector("[data-keys]");
if (keyList && keysButton) {
  keysButton.hidden = false;
  keysButton.addEventListener("click", () => keyList.showModal());
}

/* --- One page for many messages ------------------------------------------------------------------------------------ */

const parts = { queue: ".queue", message: ".case" };
const shownCase = () => document.querySelector(parts.message);
const shownNumber = () => shownCase()?.dataset.case;

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const isDesk = (page) => page.querySelector(".desk-split") !== null;

function replaceCase(page) {
  const fresh = page.querySelector(parts.message);
  if (fresh) shownCase()?.replaceWith(fresh);
}

function replaceQueue(page) {
  const old = document.querySelector(parts.queue);
  const fresh = page.querySelector(parts.queue);
  if (!old || !fresh) return;
  const kept = old.scrollTop;
  const ticked = new Set([...old.querySelectorAll(".tick input:checked")].map((box) => box.value));
  old.replaceWith(fresh);
  fresh.scrollTop = kept;
  for (const box of fresh.querySelectorAll(".tick input")) box.checked = ticked.has(box.value);
  countTicked();
}

function replaceFrame(page) {
  document.title = page.title;
  split.className = page.querySelector(".desk-split").className;
  document.getElementById("notices").innerHTML = page.getElementById("notices").innerHTML;
  for (const fresh of page.querySelectorAll(".desk-bar [data-count]")) setCount(fresh.dataset.count, fresh.textContent);
}

function mark(number) {
  for (const line of document.querySelectorAll(".line")) {
    const current = line.dataset.number === number;
    line.classList.toggle("current", current);
    if (current) line.querySelector(".line-head a").setAttribute("aria-current", "true");
    else line.querySelector(".line-head a").removeAttribute("aria-current");
    if (current) line.scrollIntoView({ block: "nearest" });
  }
}

/* The reader of the page, wherever they were, stands at the message. */
function settle() {
  const message = shownCase();
  if (message) message.scrollTop = 0;
  mark(shownNumber());
  document.getElementById(document.getElementById("overtaken") ? "overtaken" : "case-title")?.focus({ preventScroll: true });
  if (!matchMedia("(min-width: 64rem)").matches) scrollTo(0, 0);
  prefetch();
  poll();
}

function show(page) {
  replaceFrame(page);
  replaceQueue(page);
  replaceCase(page);
  settle();
}

/* --- Getting pages -------------------------------------------------------------------------------------------------- */

let ahead = null; /* {url, at, page}: what is likely wanted next */

async function fetchPage(url, headers = {}) {
  const response = await fetch(url, { headers, credentials: "same-origin" });
  const page = response.ok ? parse(await response.text()) : null;
  return page && isDesk(page) ? { page, url: response.url } : null;
}

function prefetch() {
  const next = document.querySelector(".acts a[rel=next]");
  ahead = null;
  if (!next) return;
  const mine = { url: next.href, at: performance.now(), page: null };
  ahead = mine;
  fetchPage(mine.url, { "X-Prefetch": "1" }).then((got) => (mine.page = got?.page ?? null), () => {});
}

const takeAhead = (url) =>
  ahead?.url === url && ahead.page && performance.now() - ahead.at < PREFETCH_LIFE_MS ? ahead.page : null;

async function visit(url, push) {
  const ready = takeAhead(url);
  const got = ready ? { page: ready, url } : await fetchPage(url).catch(() => null);
  if (!got) return location.assign(url);
  if (push) history.pushState(null, "", got.url);
  /* What was fetched ahead knows nothing of what happened since: its list and its notices are old. */
  if (ready) {
    document.title = ready.title;
    document.getElementById("notices").textContent = "";
    replaceCase(ready);
    split.classList.add("one-message");
    settle();
  } else {
    show(got.page);
  }
}

function onLink(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.origin !== location.origin || !/^\/moderation(\/comments\/\d+)?$/.test(link.pathname)) return;
  event.preventDefault();
  visit(link.href, true);
}

/* --- Deciding -------------------------------------------------------------------------------------------------------- */

let underWay = Promise.resolve(); /* decisions go one after the other, in the order they were made */
let unanswered = 0;

async function send(url, body) {
  const response = await fetch(url, { method: "POST", body, credentials: "same-origin" });
  if (!response.ok && response.status !== 409) throw new Error(String(response.status));
  const page = parse(await response.text());
  if (!isDesk(page)) throw new Error("elsewhere");
  return { page, url: response.url, late: response.status === 409 };
}

/* The next message is there before the answer is, unless a colleague has it open: then the desk chooses another. */
function goAhead(form, number) {
  if (!form.matches(".acts") || document.querySelector(".queue")?.dataset.queue !== "pending") return null;
  const next = document.querySelector(".acts a[rel=next]");
  const page = next && takeAhead(next.href);
  const to = page?.querySelector(parts.message)?.dataset.case;
  if (!to || document.querySelector(`.line [data-open="${to}"]:not([hidden])`)) return null;
  document.querySelector(`.line[data-number="${number}"]`)?.remove();
  history.pushState(null, "", next.href);
  replaceCase(page);
  document.title = page.title;
  settle();
  return to;
}

async function decide(form, body, number, to) {
  const answer = await send(form.action, body);
  const stays = to !== null && to === shownNumber() && !answer.late;
  const isNext = stays && answer.page.querySelector(parts.message)?.dataset.case === to;
  if (to !== null && to !== shownNumber() && !answer.late) {
    replaceFrame(answer.page); /* the moderator has gone on meanwhile: only the notices and the list are news */
    replaceQueue(answer.page);
    mark(shownNumber());
    return;
  }
  if (answer.late) history.pushState(null, "", `/moderation/comments/${number}`);
  else history.replaceState(null, "", answer.url);
  if (isNext) {
    replaceFrame(answer.page);
    replaceQueue(answer.page);
    mark(to);
  } else {
    show(answer.page);
  }
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.native) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  const body = new URLSearchParams(fields);
  const number = shownNumber();
  closeMenus();
  if (form.matches(".several")) for (const box of form.querySelectorAll(".tick input:checked")) box.checked = false;
  const to = goAhead(form, number);
  if (to === null && form.matches(".acts")) history.pushState(null, "", location.href);
  unanswered++;
  underWay = underWay
    .then(() => decide(form, body, number, to))
    .catch(() => submitNatively(form.action, fields))
    .finally(() => unanswered--);
}

/* The browser's own way: it shows whatever the answer is. A decision that was received already is then told to be too
   late, and never applies twice: it names the version of the message it is about. */
function submitNatively(action, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.dataset.native = "1";
  form.hidden = true;
  for (const [name, value] of fields) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

/* --- Several at once -------------------------------------------------------------------------------------------------- */

let lastTicked = null;

function countTicked() {
  const label = document.querySelector(".several-count");
  const count = document.querySelectorAll(".tick input:checked").length;
  if (label) label.textContent = `${label.dataset.several} ${count}`;
}

function onTick(event) {
  const box = event.target.closest(".tick input");
  if (!box) return;
  const boxes = [...document.querySelectorAll(".tick input")];
  const from = boxes.indexOf(lastTicked);
  const to = boxes.indexOf(box);
  if (event.shiftKey && from >= 0) {
    for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
  }
  lastTicked = box;
  countTicked();
}

/* --- What colleagues do ------------------------------------------------------------------------------------------------ */

function setCount(name, text) {
  for (const place of document.querySelectorAll(`[data-count="${name}"]`)) {
    place.textContent = text;
    place.hidden = text === "0";
  }
}

function showPresence(news) {
  const open = new Map(news.open.map(({ number, text }) => [String(number), text]));
  for (const place of document.querySelectorAll("[data-open]")) {
    const text = open.get(place.dataset.open) ?? "";
    if (place.textContent !== text) place.textContent = text;
    place.hidden = text === "";
  }
  setCount("pending", news.pending);
  setCount("reported", news.reported);
  if (String(news.message?.number) === shownNumber()) sayOvertaken(news.message.text, news.message.version);
}

/* At the edge: what is being read does not move. Once for each version that the message has taken meanwhile. */
function sayOvertaken(text, version) {
  const message = shownCase();
  if (!text || message.dataset.told === String(version)) return;
  message.dataset.told = String(version);
  const notice = document.createElement("p");
  notice.className = "notice late";
  notice.textContent = text;
  document.getElementById("notices").replaceChildren(notice);
}

let asking = false;

async function poll() {
  const message = shownCase();
  if (asking || document.hidden) return;
  asking = true;
  try {
    const { case: number = "0", version = "0" } = message && isShown(message) ? message.dataset : {};
    const response = await fetch(`/moderation/presence?comment=${number}&version=${version}`, { redirect: "manual" });
    if (response.ok) showPresence(await response.json());
  } catch {
    /* the next time, perhaps */
  } finally {
    asking = false;
  }
}

/* --- Start -------------------------------------------------------------------------------------------------------------- */

if (split) {
  split.addEventListener("click", onLink);
  split.addEventListener("click", onTick);
  split.addEventListener("submit", onSubmit);
  addEventListener("popstate", () => visit(location.href, false));
  document.addEventListener("visibilitychange", poll);
  setInterval(poll, POLL_MS);
  countTicked();
  prefetch();
  mark(shownNumber());
}
