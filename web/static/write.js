// The preview of a message: a click on a word that the dictionary does not know opens its suggestions, and one on a
// suggestion puts it into the preview and into the message. Without this script the list below the preview does the same.

const form = document.getElementById("form");
const proof = document.getElementById("proofreading");
const preview = document.querySelector(".preview");
const area = form?.elements.text;

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const marksOf = (index) => [...preview.querySelectorAll(`.unknown[data-word="${index}"]`)];
const rowOf = (index) => proof.querySelector(`[data-fix="${index}"]`);
const wordOf = (index) => rowOf(index).querySelector("input").value;

let menu = null;

function close(focus) {
  if (!menu) return;
  const { mark, element } = menu;
  menu = null;
  element.remove();
  mark.setAttribute("aria-expanded", "false");
  if (focus) mark.focus();
}

// Where the word stands in the text field: where it stood when the preview was made, or the nearest place where it
// stands alone, should the text have been changed meanwhile; -1: nowhere.
function placeOf(word, at) {
  const text = area.value;
  const letter = /[\p{L}\p{M}\p{N}]/u;
  const alone = (i) => !letter.test(text.charAt(i - 1)) && !letter.test(text.charAt(i + word.length));
  if (text.startsWith(word, at)) return at;
  let best = -1;
  for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + 1)) {
    if (alone(i) && (best < 0 || Math.abs(i - at) < Math.abs(best - at))) best = i;
  }
  return best;
}

function shift(from, by) {
  for (const mark of preview.querySelectorAll(".unknown")) {
    if (Number(mark.dataset.at) > from) mark.dataset.at = Number(mark.dataset.at) + by;
  }
}

// The word is settled: no mark, no line in the list; the keyboard goes on with the next.
function settle(index, fix) {
  const marks = marksOf(index);
  const all = [...preview.querySelectorAll(".unknown")];
  const next = all.slice(all.indexOf(marks.at(-1)) + 1).find((mark) => mark.dataset.word !== index)
    ?? all.find((mark) => mark.dataset.word !== index);
  const word = wordOf(index);
  for (const mark of marks) mark.replaceWith(fix ?? mark.textContent);
  rowOf(index).remove();
  if (!proof.querySelector("[data-fix]")) proof.querySelector("[data-words]").remove();
  if (fix) proof.querySelector("[data-said]").textContent = filled(proof.dataset.done, { word, fix });
  (next ?? document.querySelector("button[value=send]"))?.focus();
}

function apply(index, fix) {
  const word = wordOf(index);
  for (const mark of marksOf(index).reverse()) {
    const at = placeOf(word, Number(mark.dataset.at));
    if (at < 0) continue;
    area.setRangeText(fix, at, at + word.length, "preserve");
    shift(at, fix.length - word.length);
  }
  area.dispatchEvent(new Event("input", { bubbles: true }));
  settle(index, fix);
}

function item(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "menuitem");
  button.tabIndex = -1;
  button.textContent = text;
  button.addEventListener("click", () => {
    close(false);
    act();
  });
  return button;
}

function open(mark) {
  close(false);
  const index = mark.dataset.word;
  const word = wordOf(index);
  const options = [...rowOf(index).querySelectorAll("option")].map((option) => option.value).filter(Boolean);
  const element = document.createElement("div");
  element.className = "fix-menu";
  element.setAttribute("role", "menu");
  element.setAttribute("aria-label", filled(proof.dataset.menu, { word }));
  element.append(...options.map((fix) => item(fix, () => apply(index, fix))));
  const keep = item(filled(proof.dataset.keep, { word }), () => settle(index, null));
  keep.className = "keep";
  element.append(keep);
  preview.append(element);
  const [at, around] = [mark.getClientRects()[0], preview.getBoundingClientRect()];
  const left = Math.min(at.left - around.left, around.width - element.offsetWidth);
  element.style.left = `${Math.max(0, left)}px`;
  element.style.top = `${at.bottom - around.top + 4}px`;
  mark.setAttribute("aria-expanded", "true");
  menu = { mark, element };
  element.firstElementChild.focus();
}

function move(event) {
  const items = [...menu.element.children];
  const now = items.indexOf(document.activeElement);
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items.at(to % items.length).focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    if (event.key === "Escape") event.preventDefault();
    close(true);
  }
}

function begin() {
  for (const mark of preview.querySelectorAll(".unknown")) {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-haspopup", "menu");
    mark.setAttribute("aria-expanded", "false");
    mark.tabIndex = 0;
  }
  preview.addEventListener("click", (event) => {
    const mark = event.target.closest(".unknown");
    if (mark) open(mark);
  });
  preview.addEventListener("keydown", (event) => {
    if (menu?.element.contains(event.target)) {
      move(event);
    } else if (event.target.matches(".unknown") && ["Enter", " ", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      open(event.target);
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu && !menu.element.contains(event.target)) close(false);
  });
}

if (preview && proof && area) begin();
