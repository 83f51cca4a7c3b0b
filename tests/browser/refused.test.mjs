// What is written comes back when it is not taken: too often (429), too much at once (503), too long (413), too late (403); with
// a script and without.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { articlePaths, openPage, overload, startBrowser, startDemo, startHurried, until } from './stage.mjs';

const TEXT = 'Un message auquel on tient.\n\n> cité & gardé\n\nSa fin.';
let demo, hurried, chromium, path, pages = 0;

before(async () => {
  [demo, hurried, chromium] = await Promise.all([
    startDemo({ PALABRE_MESSAGES_PER_ADDRESS: '1', PALABRE_FORM_KB: '16' }),
    startHurried(),
    startBrowser(),
  ]);
  path = (await articlePaths(demo)).find((item) => item.path.includes('pont-vieux')).path;
});

const press = (page, value) => Promise.all([page.waitForNavigation(), page.locator(`button[value=${value}]`).first().click()]);
const kept = async (page, selector) => (await page.locator(selector).first().inputValue()).trim();

async function write(page, url, text) {
  await until(async () => {
    await page.goto(url + path);
    return page.answer.status() === 200; // even that may be too much
  }, 'the server never had time for the page');
  await page.fill('#field-name', 'Axelle');
  await page.fill('#field-text', text);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without a script';
  const open = () =>
    openPage(chromium.browser, { javaScriptEnabled, extraHTTPHeaders: { 'X-Forwarded-For': `203.0.113.${++pages}` } });

  test(`what is sent too often, or is too long, comes back, ${how}`, async () => {
    const page = await open();
    await write(page, demo.url, 'Le premier passe.');
    await press(page, 'preview');
    await press(page, 'send');
    assert.match(page.url(), /\/messages\//);
    await write(page, demo.url, TEXT);
    await press(page, 'preview');
    await press(page, 'send');
    assert.equal(page.answer.status(), 429);
    assert.equal(await kept(page, '#field-text'), TEXT);
    const long = 'mot '.repeat(6000).trim();
    await write(page, demo.url, long);
    await press(page, 'preview');
    assert.equal(page.answer.status(), 413);
    assert.equal(await kept(page, '#kept'), long);
    await page.context().close();
  });

  test(`what comes when too much comes is given back, and can be sent again, ${how}`, async () => {
    const page = await open();
    await overload(hurried, path, async () => {
      await write(page, hurried.url, TEXT);
      await press(page, 'preview');
      return page.answer.status() === 503;
    });
    assert.equal(await kept(page, 'textarea[name=text]'), TEXT);
    // "Send it again", until there is time for it.
    for (let i = 0; i < 1000 && page.answer.status() === 503; i++)
      await Promise.all([page.waitForNavigation(), page.locator('main button.primary').first().click()]);
    assert.equal(page.answer.status(), 200);
    assert.equal(await kept(page, '#field-text'), TEXT);
    await page.context().close();
  });
}
