// New messages announce themselves: one connection for all pages of a browser, nothing moves, a click brings them.
import assert from 'node:assert/strict';
import http, { createServer } from 'node:http';
import { before, beforeEach, test } from 'node:test';
import { articlePaths, atEnd, keep, openPage, signIn, startBrowser, startDemo, still, until } from './stage.mjs';

let demo, chromium, articles, counter, moderator;
const open = new Set();
let most = 0;

// Between the browser and the server: counts the streams that are open.
function startCounter(target) {
  const { hostname, port } = new URL(target);
  const server = createServer((request, response) => {
    const live = /\/live(\?|$)/.test(request.url);
    const up = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      if (live && answer.statusCode === 200) {
        open.add(response);
        most = Math.max(most, open.size);
      }
    });
    up.on('error', () => response.destroy());
    response.on('close', () => {
      open.delete(response);
      up.destroy();
    });
    request.pipe(up);
  });
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${server.address().port}` }));
  });
}

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
  counter = await startCounter(demo.url);
  articles = await articlePaths(demo);
  moderator = keep(await openPage(chromium.browser, { javaScriptEnabled: false }));
  await signIn(moderator, demo, 'moderator');
});

// Somebody else writes, and a moderator publishes; gives the number.
async function publish(article, text) {
  const writer = await openPage(chromium.browser, { javaScriptEnabled: false });
  await writer.goto(demo.url + article.path);
  await writer.fill('#field-name', 'Une autre voix');
  await writer.fill('#field-text', text);
  await Promise.all([writer.waitForNavigation(), writer.click('button[value=preview]')]);
  await Promise.all([writer.waitForNavigation(), writer.click('button[value=send]')]);
  const id = await writer.locator('.message').first().getAttribute('id');
  const number = id.replace('comment-', '');
  await writer.context().close();
  await moderator.goto(`${demo.url}/moderation/comments/${number}`);
  await Promise.all([
    moderator.waitForNavigation(),
    moderator.locator(`form[action$="/comments/${number}/decide"] [value=publish]`).click(),
  ]);
  return number;
}

// No page of an earlier test listens any more.
beforeEach(async () => {
  await until(() => open.size === 0, 'a stream was left open');
  most = 0;
});

test('two pages, one connection; what is read stays where it is; a click brings the message', async () => {
  const article = articles.find((item) => item.path.includes('pont-vieux'));
  const first = await openPage(chromium.browser);
  const second = await first.context().newPage();
  await first.goto(counter.url + article.path);
  await second.goto(counter.url + article.path);
  await until(() => open.size === 1, 'no page listens');
  await first.bringToFront();
  await first.focus('#field-text');
  await first.evaluate(() => scrollTo(0, 700));
  await still(first);
  const before = await first.evaluate(() => [scrollY, document.activeElement.id, document.documentElement.scrollHeight]);
  const number = await publish(article, 'Un message qui arrive pendant la lecture');
  for (const page of [first, second]) {
    await until(async () => (await page.locator('.live a').count()) === 1, 'no notice');
    assert.equal(await page.locator('.live a').innerText(), 'Un nouveau commentaire');
    assert.equal(await page.locator(`#comment-${number}`).count(), 0);
  }
  assert.deepEqual(
    await first.evaluate(() => [scrollY, document.activeElement.id, document.documentElement.scrollHeight]), before);
  assert.equal(await first.locator('.live').getAttribute('role'), 'status');
  await publish(article, 'Et encore un autre juste après');
  await until(async () => (await first.locator('.live a').innerText()) === '2 nouveaux commentaires', 'not counted');
  await first.click('.live a');
  await until(async () => (await first.locator(`#comment-${number}.fresh`).count()) === 1, 'it did not come');
  assert.equal(await first.evaluate(() => document.activeElement.id), `comment-${number}`);
  assert.equal(await first.locator('.live a').count(), 0);
  assert.equal(most, 1, 'more than one connection at a time');
  assert.deepEqual(first.wrong, []);
  // The page that listens goes; the other takes over. (Which of the two lines is seen to end or to begin first is nobody's matter.)
  await first.close();
  const last = await publish(article, 'Après le départ de la première page');
  await until(async () => /3 nouveaux/.test(await second.locator('.live a').innerText()), 'the second page heard nothing');
  assert.ok(last);
  await until(() => open.size === 1, 'more than one connection is left');
  await second.context().close();
  await until(() => open.size === 0, 'a stream was left open');
});

test('a page that missed something says so once the server is back', async () => {
  const article = articles.find((item) => item.path.includes('pont-vieux'));
  const page = await openPage(chromium.browser);
  await page.goto(counter.url + article.path);
  await until(() => open.size === 1, 'nobody listens');
  for (const stream of open) stream.destroy();
  await publish(article, 'Pendant la coupure de la ligne');
  await until(async () => (await page.locator('.live a').count()) === 1, 'nothing was said');
  await page.context().close();
});

test('not a word, and no connection, without a script', async () => {
  const article = articles.find((item) => item.path.includes('pont-vieux'));
  const page = await openPage(chromium.browser, { javaScriptEnabled: false });
  await page.goto(counter.url + article.path);
  assert.equal(await page.locator('.live').isVisible(), false);
  assert.equal(open.size, 0);
  await page.context().close();
});
