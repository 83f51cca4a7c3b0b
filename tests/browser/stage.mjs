// What the browser tests share: the demonstration publication on a port of its own, and Chromium.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const BINARY = process.env.PALABRE_BIN ?? new URL('../../build/palabre', import.meta.url).pathname;
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

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
  let url;
  const accounts = {};
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /https?:\/\/\S+?(?=\/$)/.exec(line)?.[0];
    const account = /^\s+(\w+)\s+name (\S+)\s+password (\S+)/.exec(line);
    if (account) accounts[account[1]] = { name: account[2], password: account[3] };
    if (accounts.administrator) break;
  }
  if (!url) throw new Error(`the demonstration did not start: ${log}`);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, accounts, stop, log: () => log };
}

// A browser with a fresh profile; close() removes it.
export async function startBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'palabre-chromium-'));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, env: { ...process.env, HOME: profile } });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

// A page of its own context that notes what went wrong on it and what it asked for.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.wrong = [];
  page.asked = [];
  page.on('pageerror', (error) => page.wrong.push(error.message));
  page.on('console', (message) => {
    // A page that is meant to be an error is reported by the browser, too.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.wrong.push(message.text());
  });
  page.on('request', (request) => page.asked.push(request.url()));
  // The answer that the page was made from: its status, and its bytes before any script touched them.
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && !(response.status() >= 300 && response.status() < 400)) page.answer = response;
  });
  return page;
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
