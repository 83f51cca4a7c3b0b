// New messages of a discussion announce themselves, without moving what is being read. Loaded once a page is being read.
//
// One connection in a browser, however many pages are open: whoever holds the lock listens, and tells the other pages of the
// same discussion over a channel. A page in view asks a page out of view to give the lock up; a page that is long out of view
// gives it up by itself.

const CHANNEL = "palabre:live";
const HIDDEN_MS = 60_000;
const BACKOFF_MS = 2_000;
const BACKOFF_MAX_MS = 300_000;

export function follow(bar, place) {
  const { live, one, many } = bar.dataset;
  const channel = new BroadcastChannel(CHANNEL);
  const fresh = new Set();
  let shown = Number(bar.dataset.count);
  let unknown = 0;
  let last = 1; // of another version than the present one: what was missed since the page was made is told at once
  let source = null;
  let release = null; // gives the lock back
  let waiting = null; // for the lock: aborts
  let retry = 0;
  let hidden = 0;
  let failures = 0;

  // What is new, in one quiet line at the edge of the window.
  function announce() {
    const count = fresh.size + unknown;
    if (count === 0) {
      bar.replaceChildren();
      return;
    }
    const link = bar.querySelector("a") ?? document.createElement("a");
    link.href = `${location.pathname}#comments`;
    link.textContent = count === 1 ? one : many.replace("{count}", count);
    if (!link.isConnected) bar.append(link);
  }

  function hear({ kind, number, count, id }) {
    if (id <= last) return;
    last = id;
    const here = document.getElementById(`comment-${number}`) !== null;
    if (kind === "published" && !here) fresh.add(number);
    if (kind === "removed" && !fresh.delete(number)) shown -= 1;
    unknown = kind === "missed" ? Math.max(0, count - shown - fresh.size) : unknown;
    announce();
  }

  // The page as it is now; what it has and this one has not is put in its place.
  async function load(event) {
    event.preventDefault();
    const response = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
    if (!response?.ok) {
      location.reload();
      return;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    let first = null;
    for (const message of page.querySelectorAll(".thread .message")) {
      if (document.getElementById(message.id)) continue;
      const root = message.closest(".thread").querySelector(".message");
      const thread = root === message ? null : document.getElementById(root.id)?.closest(".thread");
      const made = document.adoptNode(message);
      made.classList.add("fresh");
      place(made, thread);
      first ??= made;
    }
    shown = Number(page.querySelector("[data-live]")?.dataset.count ?? shown);
    fresh.clear();
    unknown = 0;
    announce();
    if (!first) {
      location.reload();
      return;
    }
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "center" });
  }

  function open() {
    clearTimeout(retry);
    source = new EventSource(`${live}?after=${last}`);
    source.onopen = () => {
      failures = 0;
    };
    source.onerror = () => {
      failures += 1;
      // The browser itself comes back, saying Last-Event-ID, until it has failed some times or was refused.
      if (source?.readyState === EventSource.CONNECTING && failures < 3) return;
      source?.close();
      const pause = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** failures);
      retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    };
    const told = (event) => {
      const data = { ...JSON.parse(event.data), id: Number(event.lastEventId), live };
      channel.postMessage(data);
      hear(data);
    };
    for (const kind of ["published", "removed", "edited", "article", "missed"]) source.addEventListener(kind, told);
  }

  function start() {
    if (release || waiting || document.hidden) return;
    waiting = new AbortController();
    const { signal } = waiting;
    const held = () =>
      new Promise((done) => {
        waiting = null;
        release = done;
        open();
      });
    navigator.locks.request(CHANNEL, { signal }, held).catch(() => {});
    channel.postMessage({ wanted: live });
  }

  function stop() {
    clearTimeout(retry);
    source?.close();
    source = null;
    waiting?.abort();
    waiting = null;
    release?.();
    release = null;
  }

  channel.onmessage = ({ data }) => {
    if (data.live === live) hear(data);
    // Another discussion is in view, and this one is not.
    if (data.wanted && data.wanted !== live && release && document.hidden) stop();
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(stop, HIDDEN_MS);
    else start();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", start);
  bar.addEventListener("click", load);
  start();
}
