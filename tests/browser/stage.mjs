// What the browser tests share: the demonstration publication on a port of its own, and Chromium.
// What a test leaves open, because it failed or does not care, is closed after it: no test sees what another left. Only what
// keep() is told stays. Servers and browsers end with the file. Nothing here gives up because the machine is slow.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach } from 'node:test';
import { chromium } from 'playwright-core';

const BINARY = process.env.PALABRE_BIN ?? new URL('../../build/palabre', import.meta.url).pathname;
export const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const PATIENCE_MS = 180_000; // until what does not come is held to be broken
const contexts = new Set(), kept = new Set(), ends = [];

async function closeContexts() {
  const left = [...contexts].filter((context) => !kept.has(context));
  left.forEach((context) => contexts.delete(context));
  await Promise.all(left.map((context) => context.close().catch(() => {})));
}

afterEach(closeContexts);
after(async () => {
  for (const end of ends.reverse()) await end();
});

// Something more to end with the file; what was begun last ends first.
export const atEnd = (end) => ends.push(end);

// This page stays open from test to test.
export function keep(page) {
  kept.add(page.context());
  return page;
}

// Until what() gives something true, which it gives; told: what it means when that never comes.
export async function until(what, told) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await what();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(told);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// Nobody listens there: what takes mail is offered, and waits.
const MAIL = { PALABRE_SMTP_URL: 'smtp://127.0.0.1:9', PALABRE_MAIL_FROM: 'courrier@example.org', PALABRE_MAIL_ASKED: '1000' };

// Starts `palabre demo`, with these settings (environment variables) over its own; gives its address, the accounts it
// printed ({moderator: {name, password}, …}) and a way to stop it.
export async function startDemo(settings = {}) {
  const child = spawn(BINARY, ['demo', '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PALABRE_ACCESS_LOG: 'no', PALABRE_MESSAGES_PER_ADDRESS: '10000', PALABRE_SEARCHES_PER_ADDRESS: '10000', ...MAIL, ...settings },
  });
  let log = '';
  child.stderr.on('data', (piece) => { log += piece; });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  ends.push(stop);
  let url;
  const accounts = {};
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /https?:\/\/\S+?(?=\/$)/.exec(line)?.[0];
    const account = /^\s+(\w+)\s+name (\S+)\s+password (\S+)/.exec(line);
    if (account) accounts[account[1]] = { name: account[2], password: account[3] };
    if (accounts.administrator) break;
  }
  if (!url) throw new Error(`the demonstration did not start: ${log}`);
  return { url, accounts, stop, log: () => log };
}

// A publication that nobody has set up yet; setUp: the path of the page that does it.
export async function startFresh() {
  const data = await mkdtemp(join(tmpdir(), 'palabre-fresh-'));
  const child = spawn(BINARY, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { env: { ...process.env, PALABRE_ACCESS_LOG: 'no' } });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  ends.push(async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  });
  return new Promise((resolve, reject) => {
    let said = '';
    const look = (piece) => {
      said += piece;
      const address = /(https?:\/\/[^\s/]+)(\/set-up\/[\w.-]+)\s/.exec(said);
      if (address) resolve({ url: address[1], setUp: address[2] });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', () => reject(new Error(`it did not start: ${said}`)));
  });
}

// A browser with a fresh profile, which goes with it.
export async function startBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'palabre-chromium-'));
  const remove = () => rm(profile, { recursive: true, force: true, maxRetries: 20 }); // its processes write for a moment yet
  ends.push(remove);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', args: FLAGS, env: { ...process.env, HOME: profile }, timeout: PATIENCE_MS,
  });
  ends.push(() => browser.close());
  return { browser };
}

// A page of its own context that notes what went wrong on it and what it asked for.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 }, ...options });
  contexts.add(context);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.wrong = [];
  page.asked = [];
  page.on('pageerror', (error) => page.wrong.push(error.message));
  page.on('console', (message) => {
    // A page that is meant to be an error is reported by the browser, too.
    if (message.type() === 'error' && !/status of (4\d\d|503)/.test(message.text())) page.wrong.push(message.text());
  });
  page.on('request', (request) => page.asked.push(request.url()));
  // The answer that the page was made from: its status, and its bytes before any script touched them.
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && !(response.status() >= 300 && response.status() < 400)) page.answer = response;
  });
  return page;
}

// What the page begins two seconds and more after it was there (live.js) is left out: on a slow machine it would come before
// the network is found idle, and be weighed, or keep it from ever being idle.
export const leaveOutLater = (page) =>
  page.addInitScript(() => {
    const later = setTimeout;
    globalThis.setTimeout = (work, ms, ...more) => (ms >= 2000 ? 0 : later(work, ms, ...more));
  });

// Once nothing of the page has moved for twenty frames: the top of the first element of that selector then, in pixels.
export function still(page, selector = 'body') {
  return page.evaluate(
    (selector) =>
      new Promise((done) => {
        let last = '', same = 0;
        const look = () => {
          const { top } = document.querySelector(selector).getBoundingClientRect();
          const now = [top, scrollY, document.documentElement.scrollHeight].join();
          same = now === last ? same + 1 : 0;
          last = now;
          if (same < 20) requestAnimationFrame(look);
          else done(top);
        };
        look();
      }),
    selector,
  );
}

export async function signIn(page, demo, role) {
  const { name, password } = demo.accounts[role];
  await page.goto(`${demo.url}/sign-in`);
  await page.fill('[name=account]', name);
  await page.fill('[name=password]', password);
  await Promise.all([page.waitForURL('**/moderation**'), page.click('main form button')]);
}

// Options of the site, by the administrator's form: {recommendations: true, folding: '8'}.
export async function setOptions(browser, demo, options) {
  const page = await openPage(browser);
  await signIn(page, demo, 'administrator');
  await page.goto(`${demo.url}/moderation/site`);
  for (const [name, value] of Object.entries(options)) {
    const field = page.locator(`[name=option_${name}]`);
    if (typeof value === 'boolean') await field.setChecked(value);
    else await field.selectOption(value);
  }
  await Promise.all([page.waitForNavigation(), page.locator('form:has([name=options]) button.primary').click()]);
  await page.context().close();
}

// The addresses of the demonstration's articles, by the order of the home page.
export async function articlePaths(demo) {
  const home = await (await fetch(`${demo.url}/feeds/articles.json`)).json();
  return home.items.map((item) => ({ path: new URL(item.url).pathname, title: item.title, language: item.language ?? home.language }));
}

// Sends these texts to the article over HTTP, each by another name, and publishes them.
export async function publish(demo, path, texts) {
  const field = (html, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  const post = (to, fields, cookie = '') =>
    fetch(demo.url + to, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(fields) });
  const { name: account, password } = demo.accounts.moderator;
  const token = field(await (await fetch(`${demo.url}/sign-in`)).text(), 'token');
  const signed = await post('/sign-in', { token, account, password, next: '' });
  const session = signed.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const page = await (await fetch(demo.url + path)).text();
  const action = /<form[^>]* id="form" action="([^"]*)"/.exec(page)[1];
  const own = page.slice(page.indexOf(' id="form" action="')); // 'Recommend' has a form, and a token, of its own
  for (const [i, text] of texts.entries()) {
    const sent = await post(action, { token: field(own, 'token'), send_key: '', reply_to: '', name: `Voisin ${i} du quai`, text, action: 'send' });
    const receipt = await (await fetch(new URL(sent.headers.get('location') ?? 'nowhere', demo.url))).text();
    const number = /id="comment-(\d+)"/.exec(receipt)?.[1];
    if (!number) throw new Error(`not received (${sent.status}): ${text}`);
    const desk = await (await fetch(`${demo.url}/moderation/comments/${number}`, { headers: { cookie: session } })).text();
    const form = desk.slice(desk.indexOf(`/comments/${number}/decide"`));
    const fields = [...form.slice(0, form.indexOf('</form>')).matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    const decided = await post(`/moderation/comments/${number}/decide`, [...fields, ['act', 'publish']], session);
    if (decided.status !== 303) throw new Error(`not published: ${decided.status}`);
  }
}

// A mail server that takes all it is given. settings: for startDemo; linkTo(address): the first link to /follow/ of the mail
// to that address, once it has come.
export async function startMailServer() {
  const mails = [];
  const server = createServer((socket) => {
    let rest = '', mail = null, to = '';
    const answer = (line) => socket.write(`${line}\r\n`);
    const hear = (line) => {
      if (mail === null) {
        const rcpt = /^RCPT TO:<([^>]*)>/i.exec(line);
        if (rcpt) to = rcpt[1];
        if (/^DATA/i.test(line)) mail = '';
        answer(mail === null ? (/^QUIT/i.test(line) ? '221 bye' : '250 fine') : '354 go on');
      } else if (line === '.') {
        mails.push({ to, text: mail.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))) });
        mail = null;
        answer('250 taken');
      } else {
        mail += `${line}\r\n`;
      }
    };
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n');
      rest = lines.pop();
      lines.forEach(hear);
    });
    answer('220 here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  const found = (address) => mails.filter(({ to }) => to === address).map(({ text }) => /\/follow\/[\w.-]+/.exec(text)?.[0]).find(Boolean);
  const linkTo = (address) => until(() => found(address), `no mail to ${address} came`);
  return {
    settings: { PALABRE_SMTP_URL: `smtp://127.0.0.1:${server.address().port}`, PALABRE_SMTP_TLS: 'no' },
    linkTo,
  };
}

// A server that lets nobody wait; not even itself at its start, where the machine is slow.
export async function startHurried() {
  const settings = { PALABRE_QUEUE_MS: '50', PALABRE_MESSAGE_CHARACTERS: '100000' };
  for (let i = 0; i < 20; i++) {
    const demo = await startDemo(settings).catch(() => null);
    if (demo) return demo;
  }
  return startDemo(settings);
}

// Calls act() beside more work than such a server can do, until it gives true: what was asked for has been refused.
export async function overload(demo, path, act) {
  let over = false, form;
  const action = await until(async () => {
    form = await (await fetch(demo.url + path)).text(); // which may be too much for it, too
    return /<form[^>]* id="form" action="([^"]*)"/.exec(form)?.[1];
  }, 'the server never had time for a page');
  const token = /name="token" value="([^"]*)"/.exec(form)[1];
  const words = Array.from({ length: 5000 }, (_, i) => `brou${i}chtoulle`).join(' ');
  const body = new URLSearchParams({ token, name: 'Foule', text: words, action: 'preview' }).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const flood = async () => {
    while (!over) await fetch(demo.url + action, { method: 'POST', headers, body }).then((answer) => answer.body.cancel()).catch(() => {});
  };
  const floods = Array.from({ length: 30 }, flood);
  try {
    for (let i = 0; i < 200; i++) if (await act()) return;
    throw new Error('it was never too much for the server');
  } finally {
    over = true;
    await Promise.all(floods);
  }
}
