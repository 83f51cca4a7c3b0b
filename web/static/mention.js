// Names of the discussion offer themselves behind an '@' that is being typed. Loaded when the first one is.

const SHOWN = 8;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// The '@' that is being written: what stands behind it up to the caret, of at most three words.
function wanted(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  const before = area.value.slice(0, area.selectionStart);
  const found = /(?:^|[^\p{L}\p{N}])@([^@\n]{0,60})$/u.exec(before);
  if (!found || found[1].split(" ").length > 3) return null;
  return { typed: found[1], at: before.length - found[1].length };
}

async function load(address) {
  const here = [...document.querySelectorAll("#comments .p-author")].map((name) => name.textContent.trim());
  const response = await fetch(address, { headers: { accept: "application/json" } }).catch(() => null);
  const there = response?.ok ? (await response.json()).names : [];
  return [...new Set([...here, ...there])];
}

export async function offerNames(area, { names: address, style, found }) {
  if (!document.querySelector(`link[href="${style}"]`)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = style;
    document.head.append(link);
  }
  const list = document.createElement("ul");
  const said = document.createElement("p");
  const place = document.createElement("div");
  let chosen = -1;
  list.id = "names";
  list.className = "names";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.labels[0].textContent);
  list.hidden = true;
  said.className = "quiet";
  said.setAttribute("role", "status");
  place.className = "names-place";
  place.append(list, said);
  area.after(place);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
  area.setAttribute("aria-controls", list.id);
  const all = (await load(address)).map((name) => ({ name, folded: fold(name) }));

  const close = () => {
    list.hidden = true;
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
    said.textContent = "";
  };
  const choose = (to) => {
    const options = [...list.children];
    chosen = (to + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const take = (name) => {
    const now = wanted(area);
    close();
    if (!now) return;
    area.setRangeText(`${name} `, now.at, area.selectionStart, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    close(); // of what was written just now nothing is left to offer
  };
  const show = () => {
    const now = wanted(area);
    const typed = now && fold(now.typed);
    const starting = now ? all.filter(({ folded }) => folded.startsWith(typed) && folded !== typed.trimEnd()) : [];
    const names = starting.slice(0, SHOWN);
    if (names.length === 0) {
      close();
      return;
    }
    list.replaceChildren(...names.map(({ name }, i) => {
      const option = document.createElement("li");
      option.id = `name-${i}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dir = "auto";
      option.textContent = name;
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the focus
      option.addEventListener("click", () => take(name));
      return option;
    }));
    list.hidden = false;
    said.textContent = found.replace("{count}", names.length);
    choose(0);
  };

  area.addEventListener("input", show);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  show();
}
