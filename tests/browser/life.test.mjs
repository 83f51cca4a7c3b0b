// The main job, as a reader and a moderator do it: read, preview, send, moderate, see it published; with a script and without.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { articlePaths, leaveOutLater, openPage, signIn, startBrowser, startDemo } from './stage.mjs';

let demo, chromium, article;

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
  article = (await articlePaths(demo)).find((item) => item.path.includes('pont-vieux'));
});

async function writeMessage(page, text) {
  await page.goto(demo.url + article.path);
  await page.fill('#field-name', 'Nouvelle voix');
  await page.fill('#field-text', text);
  await Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]);
  const preview = page.locator('.preview .e-content').first();
  assert.match(await preview.innerText(), /toute neuve/);
  assert.equal(await preview.locator('em').innerText(), 'toute neuve');
  await Promise.all([page.waitForNavigation(), page.click('button[value=send]')]);
  const link = await page.locator('a[href*="/messages/"]').first().getAttribute('href');
  assert.match(link, /\/messages\/[\w-]{20,}/);
  return link;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without a script';

  test(`from the form to the discussion, ${how}`, async () => {
    const reader = await openPage(chromium.browser, { javaScriptEnabled });
    const text = `Une remarque *toute neuve* ${how} : le pont, on l'aime !`;
    const link = await writeMessage(reader, text);

    // The author sees it in its place; nobody else does.
    await reader.goto(demo.url + article.path);
    await reader.waitForSelector('article.h-entry:has-text("toute neuve")');
    const stranger = await openPage(chromium.browser, { javaScriptEnabled });
    await stranger.goto(demo.url + article.path);
    assert.equal(await stranger.locator(`article.h-entry:has-text("toute neuve ${how}")`).count(), 0);

    const moderator = await openPage(chromium.browser, { javaScriptEnabled });
    await signIn(moderator, demo, 'moderator');
    const number = /(\d+)/.exec(await reader.locator('article.h-entry', { hasText: `toute neuve ${how}` }).last().getAttribute('id'))[1];
    await moderator.goto(`${demo.url}/moderation/comments/${number}`);
    assert.match(await moderator.locator('main').innerText(), /toute neuve/);
    if (javaScriptEnabled) {
      await moderator.locator('body').press('p');
    } else {
      await moderator.locator(`form[action$="/comments/${number}/decide"] [value=publish]`).click();
    }
    await moderator.waitForSelector(`#notices:has-text("#${number}")`); // it has been decided

    await stranger.goto(`${demo.url}/comments/${number}`);
    const shown = stranger.locator(`#comment-${number}`);
    await shown.waitFor();
    assert.match(await shown.innerText(), /toute neuve/);
    assert.match(await shown.innerText(), /\u00a0: le pont/);
    assert.match(await shown.innerText(), /l’aime\u202f!/);

    await reader.goto(new URL(link, demo.url).href);
    await reader.waitForSelector(`a[href*="/comments/${number}"]`);
    for (const page of [reader, stranger, moderator]) {
      assert.deepEqual(page.wrong, []);
      assert.deepEqual(page.asked.filter((url) => !url.startsWith(demo.url)), []);
      await page.context().close();
    }
  });
}

test('a moderator decides a queue by keyboard alone', async () => {
  const page = await openPage(chromium.browser);
  await signIn(page, demo, 'moderator');
  const open = async () => /comments\/(\d+)\/decide/.exec(await page.locator('form[action$="/decide"][action*="/comments/"]').first().getAttribute('action'))[1];
  const first = await open();
  await page.locator('body').press('p');
  await page.waitForFunction((number) => !document.querySelector(`form[action$="/comments/${number}/decide"]`), first);
  assert.notEqual(await open(), first);
  await page.locator('body').press('u');
  await page.waitForFunction((number) => document.querySelector(`form[action$="/comments/${number}/decide"]`), first);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});

test('what is being written survives a closed tab', async () => {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url + article.path);
  await page.fill('#field-text', 'Un brouillon à ne pas perdre');
  await page.close();
  const again = await page.context().newPage();
  await again.goto(demo.url + article.path);
  assert.equal(await again.inputValue('#field-text'), 'Un brouillon à ne pas perdre');
  await again.context().close();
});

test('an article with its discussion is light, and asks nobody else', async () => {
  const page = await openPage(chromium.browser);
  let bytes = 0;
  await leaveOutLater(page);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
  await page.goto(demo.url + article.path, { waitUntil: 'networkidle' });
  // Figures of the article itself are content; the page around them is what is weighed.
  const own = page.asked.filter((url) => !url.includes('/static/demo/') && !/\/static\/\w+\/demo\//.test(url));
  assert.ok(own.length <= 4, own.join('\n'));
  assert.ok(bytes <= 40_000, `${bytes} bytes`);
  assert.deepEqual(await page.context().cookies(), []);
  await page.context().close();
});

test('nothing moves while the page comes', async () => {
  const page = await openPage(chromium.browser, { viewport: { width: 360, height: 740 } });
  await leaveOutLater(page);
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(demo.url + article.path, { waitUntil: 'networkidle' });
  assert.ok((await page.evaluate(() => globalThis.shift)) < 0.01);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it scrolls sideways');
  await page.context().close();
});
