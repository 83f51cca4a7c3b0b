// bench/lighthouse. A fresh browser and an empty cache for each run; runs take turns, so that a busy moment of the machine
// meets all pages alike.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import lighthouse, { desktopConfig } from 'lighthouse';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' }, build: { type: 'string', default: 'build' } } });
process.env.PALABRE_BIN = resolve(options.build, 'palabre');
const { FLAGS, articlePaths, publish, startDemo } = await import('../../tests/browser/stage.mjs');

const MESSAGES = 50, SETTLED_MS = 2500; // a page is compressed as well as pays once it has stood for a second
const BOUNDS = { performance: 99, accessibility: 100, 'best-practices': 100, seo: 100 };
const WORDS = 'rue pont matin voisin trottoir camion détour silence marché borne école rivière chantier hiver vélo bruit'.split(' ');
const textOf = (i) => Array.from({ length: 40 }, (_, k) => WORDS[(i * 31 + k * (k + 2 * i + 3)) % WORDS.length]).join(' ') + ` ${i}.`;

async function audit(url, device) {
  const profile = await mkdtemp(join(tmpdir(), 'palabre-audit-'));
  const flags = [...FLAGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const browser = spawn('/usr/bin/chromium', flags, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } });
  const ended = new Promise((done) => browser.on('exit', done));
  try {
    let port;
    for await (const line of createInterface({ input: browser.stderr })) {
      port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) break;
    }
    if (!port) throw new Error('Chromium did not start');
    browser.stderr.resume();
    const { lhr } = await lighthouse(url, { port: Number(port), logLevel: 'silent' }, device === 'desktop' ? desktopConfig : undefined);
    // A page that did not paint in time on a machine that does other work (NO_NAVSTART, NO_FCP): no measurement.
    return lhr.runtimeError ? null : lhr;
  } finally {
    browser.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measure(cell) {
  for (let i = 0; i < 3; i++) {
    const lhr = await audit(cell.url, cell.device);
    if (lhr) {
      cell.reports.push(lhr);
      return;
    }
  }
  throw new Error(`${cell.url} (${cell.device}) could not be measured three times in a row`);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (cell, read) => median(cell.reports.map(read));
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function row(cell) {
  const scores = Object.keys(BOUNDS).map((id) => Math.round(100 * of(cell, (lhr) => lhr.categories[id].score)));
  const metric = (id) => of(cell, (lhr) => lhr.audits[id].numericValue);
  const missed = Object.entries(BOUNDS).filter(([, bound], i) => scores[i] < bound).map(([id]) => id);
  const found = new Set(cell.reports.flatMap((lhr) => missed.flatMap((id) => lhr.categories[id].auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9).map(({ id }) => id)));
  return {
    missed: missed.length ? `${cell.name}, ${cell.device}: ${missed.join(', ')} (${[...found].join(', ')})` : null,
    cells: [cell.name, cell.device, ...scores, seconds(metric('first-contentful-paint')), seconds(metric('largest-contentful-paint')),
      `${Math.round(metric('total-blocking-time'))} ms`, metric('cumulative-layout-shift').toFixed(3),
      Math.round(of(cell, (lhr) => lhr.environment.benchmarkIndex))].map(String),
  };
}

function printTable(rows) {
  const heads = ['page', 'device', 'performance', 'accessibility', 'best practices', 'SEO', 'first paint', 'largest', 'blocked', 'shift', 'machine'];
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((cells) => cells[i].length)));
  for (const cells of [heads, ...rows]) console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '));
}

const demo = await startDemo({ PALABRE_COMMENTS_PER_PAGE: `${MESSAGES}`, PALABRE_REPLIES_PER_PAGE: `${MESSAGES}` });
try {
  const { path } = (await articlePaths(demo)).find((item) => item.path.includes('pont-vieux'));
  const shown = (await (await fetch(demo.url + path)).text()).match(/<article class="message/g).length;
  await publish(demo, path, Array.from({ length: MESSAGES - shown }, (_, i) => textOf(i)));
  for (const page of ['/', path]) await (await fetch(demo.url + page, { headers: { 'Accept-Encoding': 'br' } })).arrayBuffer();
  await new Promise((done) => setTimeout(done, SETTLED_MS));
  const cells = [['home', '/'], [`article, ${MESSAGES} messages`, path]].flatMap(([name, page]) =>
    ['mobile', 'desktop'].map((device) => ({ name, device, url: demo.url + page, reports: [] })));
  for (let run = 0; run < Number(options.runs); run++) for (const cell of cells) await measure(cell);
  const rows = cells.map(row);
  printTable(rows.map((one) => one.cells));
  const missed = rows.map((one) => one.missed).filter(Boolean);
  for (const line of missed) console.log(`below the bound: ${line}`);
  process.exitCode = missed.length ? 1 : 0;
} finally {
  await demo.stop();
}
