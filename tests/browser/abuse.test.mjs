// The proof of work in a real browser: the widget is not there until it is asked for, computes by itself, and the message
// passes; without JavaScript there is a way, too. What the checks saw is marked at the desk.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { articlePaths, openPage, setOptions, signIn, startBrowser, startDemo } from './stage.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let demo, chromium, article, english;

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
  const articles = await articlePaths(demo);
  article = articles.find((item) => item.path.includes('pont-vieux')).path;
  english = articles.find((item) => item.path.includes('swifts') || item.path.includes('forty-boxes')).path;
});

async function preview(page, path, text) {
  await page.goto(demo.url + path);
  await page.fill('#field-name', 'Preuve');
  await page.fill('#field-text', text);
  await Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]);
}

const send = (page) => Promise.all([page.waitForNavigation(), page.locator('button[value=send]').first().click()]);
const vendored = (page) => page.asked.filter((url) => url.includes('/vendor/'));

test('nothing of the widget is loaded while no proof is asked for', async () => {
  const page = await openPage(chromium.browser);
  await preview(page, article, 'Un message ordinaire, sans calcul aucun.');
  await send(page);
  assert.deepEqual(vendored(page), []);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});

for (const [language, words] of [['fr', 'Calcul fait'], ['en', 'Computed: you can send']]) {
  test(`a browser computes the proof by itself and the message passes (${language})`, async () => {
    await setOptions(chromium.browser, demo, { challenge: 'always' });
    const page = await openPage(chromium.browser);
    const path = language === 'fr' ? article : english;
    await page.goto(demo.url + path);
    assert.deepEqual(vendored(page), [], 'the article itself loads nothing of it');
    await preview(page, path, `Un message prouvé par le calcul, ${language}.`);
    await page.locator('altcha-widget [data-state=verified], altcha-widget .altcha[data-state=verified]').first().waitFor();
    assert.match(await page.locator('altcha-widget').innerText(), new RegExp(words));
    const payload = JSON.parse(atob(await page.locator('input[name=altcha]').inputValue()));
    assert.equal(payload.algorithm, 'SHA-256');
    await page.evaluate(AXE);
    const axe = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(axe.violations.map((one) => `${one.id} ${one.nodes.map((node) => node.target)}`), []);
    await send(page);
    assert.equal(page.answer.status(), 200);
    assert.match(page.url(), /\/messages\//);
    assert.deepEqual(page.wrong, [], 'the Content-Security-Policy refuses nothing of it');
    for (const url of page.asked) assert.ok(url.startsWith(demo.url) || url.startsWith('data:'), url);
    await page.context().close();
    await setOptions(chromium.browser, demo, { challenge: 'pressure' });
  });
}

test('without JavaScript the form says what to do, and keeps the text', async () => {
  await setOptions(chromium.browser, demo, { challenge: 'always' });
  const page = await openPage(chromium.browser, { javaScriptEnabled: false });
  await preview(page, article, 'Un message de qui n’a pas de scripts.');
  await send(page);
  assert.equal(page.answer.status(), 403);
  assert.match(await page.locator('noscript p').textContent(), /Sans JavaScript, attendez 60 secondes/);
  assert.equal((await page.locator('#field-text').inputValue()).trim(), 'Un message de qui n’a pas de scripts.');
  await page.context().close();
  await setOptions(chromium.browser, demo, { challenge: 'pressure' });
});

test('an administrator lists a word, and the moderator sees it marked in the message', async () => {
  const admin = await openPage(chromium.browser);
  await signIn(admin, demo, 'administrator');
  await admin.goto(`${demo.url}/moderation/words`);
  await admin.fill('#field-patterns', 'galopin*');
  await Promise.all([admin.waitForNavigation(), admin.click('#add ~ form button.primary')]);
  const page = await openPage(chromium.browser);
  await preview(page, article, 'Quel g.a.l.0.p.i.n, ce maire, avec ses galopins !');
  await send(page);
  const number = /#(\d+)|nᵒ\s*(\d+)/.exec(await page.locator('main').innerText());
  await admin.goto(`${demo.url}/moderation/comments/${number[1] ?? number[2]}`);
  assert.deepEqual(await admin.locator('.message-text mark').allInnerTexts(), ['g.a.l.0.p.i.n', 'galopins']);
  assert.deepEqual(admin.wrong, []);
  await admin.context().close();
  await page.context().close();
});
