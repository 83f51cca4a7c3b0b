// Proofreading in a real browser: with a script a click or the keyboard corrects a word in the preview and in the message;
// without one a choice in the list does. Names of the discussion behind an '@'.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { articlePaths, openPage, startBrowser, startDemo } from './stage.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What is typed: two unknown words, the first of them twice, and once more where it is not looked at.
const LANGUAGES = {
  fr: {
    text: 'Exellent article, l’hommme a raison.\n\n> l’hommme cité\n\nÀ cet hommme, merci 🌉 : il est exellent.',
    marked: ['Exellent', 'hommme', 'hommme', 'exellent'],
    word: 'hommme', fix: 'homme', corrected: 'Exellent article, l’homme a raison.\n\n> l’hommme cité\n\nÀ cet homme, merci 🌉 : il est exellent.',
    keep: 'Garder « Exellent »', menu: 'Propositions pour « hommme »', again: 'Corriger et revoir l’aperçu',
  },
  en: {
    text: 'Teh bridge is old, and I don’t recieve it.\n\n> recieve, quoted\n\nTo recieve 🌉 swifts is a pleasure, teh best.',
    marked: ['Teh', 'recieve', 'recieve', 'teh'],
    word: 'recieve', fix: 'receive', corrected: 'Teh bridge is old, and I don’t receive it.\n\n> recieve, quoted\n\nTo receive 🌉 swifts is a pleasure, teh best.',
    keep: 'Keep “Teh”', menu: 'Suggestions for “recieve”', again: 'Correct and preview again',
  },
};

let demo, chromium, paths;

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
  const articles = await articlePaths(demo);
  paths = {
    fr: articles.find((item) => item.path.includes('pont-vieux')).path,
    en: articles.find((item) => item.path.includes('swifts') || item.path.includes('forty-boxes')).path,
  };
});

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
const marks = (page) => page.locator('.preview .unknown');
const mark = (page, word, nth = 0) => page.locator('.preview .unknown', { hasText: new RegExp(`^${word}$`) }).nth(nth);
const focused = (page) => page.evaluate(() => document.activeElement.textContent);
const typed = (page) => page.inputValue('#field-text');

// Until no suggestion is on its way any more.
async function preview(page, language, text) {
  await page.goto(demo.url + paths[language]);
  await page.fill('#field-name', 'Axelle');
  await page.fill('#field-text', text);
  await press(page, 'button[value=preview]');
  for (let i = 0; i < 50 && (await page.locator('#proofreading li .help').count()) > 0; i++) await press(page, 'button[value=preview]');
}

async function axe(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map((one) => `${one.id} ${one.nodes.map((node) => node.target)}`), []);
}

for (const [language, { text, marked, word, fix, corrected, keep, menu, again }] of Object.entries(LANGUAGES)) {
  test(`a click opens the suggestions, another corrects preview and message (${language})`, async () => {
    const page = await openPage(chromium.browser);
    await preview(page, language, text);
    assert.deepEqual(await marks(page).allInnerTexts(), marked);
    await mark(page, word).click();
    const list = page.getByRole('menu', { name: menu });
    assert.ok((await list.getByRole('menuitem').allInnerTexts()).includes(fix));
    assert.equal(await mark(page, word).getAttribute('aria-expanded'), 'true');
    await axe(page);
    await list.getByRole('menuitem', { name: fix, exact: true }).click();
    assert.equal(await typed(page), corrected);
    assert.deepEqual(await marks(page).allInnerTexts(), marked.filter((one) => one !== word));
    assert.match(await page.locator('#proofreading [data-said]').innerText(), new RegExp(`${word}.*${fix}`));
    assert.equal(await page.locator('#proofreading [data-fix]').count(), 2);
    await mark(page, marked[0]).click();
    await page.getByRole('menuitem', { name: keep, exact: true }).click();
    assert.equal(await typed(page), corrected, 'what is kept stays as it was');
    await mark(page, marked[3]).click();
    await page.locator('h1').click();
    assert.equal(await page.locator('.fix-menu').count(), 0, 'a click elsewhere closes it');
    await axe(page);
    await press(page, 'button[value=send]');
    assert.match(page.url(), /\/messages\//);
    assert.ok((await page.locator('.message-text').first().innerText()).includes(fix));
    assert.deepEqual(page.wrong, []);
    await page.context().close();
  });

  test(`the keyboard does the same (${language})`, async () => {
    const page = await openPage(chromium.browser);
    await preview(page, language, text);
    await mark(page, word).focus();
    await page.keyboard.press('Enter');
    const items = await page.getByRole('menuitem').allInnerTexts();
    assert.equal(await focused(page), items[0]);
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(page), items.at(-1), 'from the first to the last');
    await page.keyboard.press('Home');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.fix-menu').count(), 0);
    assert.equal(await focused(page), word, 'the focus is back on the word');
    assert.equal(await typed(page), text, 'nothing was changed');
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < items.indexOf(fix); i++) await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), fix);
    await page.keyboard.press('Enter');
    assert.equal(await typed(page), corrected);
    assert.equal(await focused(page), marked[3], 'the next unknown word has the focus');
    assert.deepEqual(page.wrong, []);
    await page.context().close();
  });

  test(`what was edited meanwhile is corrected where it stands now (${language})`, async () => {
    const page = await openPage(chromium.browser);
    await preview(page, language, text);
    await page.fill('#field-text', `🌉 ${text}`);
    await mark(page, word).click();
    await page.getByRole('menuitem', { name: fix, exact: true }).click();
    assert.equal(await typed(page), `🌉 ${corrected}`);
    await page.context().close();
  });

  test(`without a script a choice in the list corrects (${language})`, async () => {
    const page = await openPage(chromium.browser, { javaScriptEnabled: false });
    await preview(page, language, `${text} 2`);
    assert.deepEqual(await marks(page).allInnerTexts(), marked);
    const row = page.locator('#proofreading li', { has: page.locator(`input[value="${word}"]`) });
    await row.locator('select').selectOption(fix);
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: again }).click()]);
    assert.equal((await typed(page)).replaceAll('\r\n', '\n'), `${corrected} 2`);
    assert.deepEqual(await marks(page).allInnerTexts(), marked.filter((one) => one !== word));
    await press(page, 'button[value=send]');
    assert.match(page.url(), /\/messages\//);
    assert.ok((await page.locator('.message-text').first().innerText()).includes(fix));
    await page.context().close();
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`a correction is previewed with its unknown words marked, ${javaScriptEnabled ? 'with' : 'without'} a script (${language})`, async () => {
      const page = await openPage(chromium.browser, { javaScriptEnabled });
      const own = `${text} 3${javaScriptEnabled ? 'a' : 'b'}`;
      const wanted = corrected + own.slice(text.length);
      await page.goto(demo.url + paths[language]);
      await page.fill('#field-name', 'Axelle');
      await page.fill('#field-text', `42 42 42 ${Math.random()}`);
      await press(page, 'button[value=preview]');
      await press(page, 'button[value=send]');
      await press(page, 'a[href*="/messages/"]');
      await page.fill('#field-text', own);
      await press(page, 'form#form button[value=preview]');
      for (let i = 0; i < 50 && (await page.locator('#proofreading li .help').count()) > 0; i++) await press(page, 'form#form button[value=preview]');
      assert.deepEqual(await marks(page).allInnerTexts(), marked);
      assert.equal((await typed(page)).replaceAll('\r\n', '\n'), own);
      if (javaScriptEnabled) {
        await mark(page, word).click();
        await page.getByRole('menuitem', { name: fix, exact: true }).click();
      } else {
        const row = page.locator('#proofreading li', { has: page.locator(`input[value="${word}"]`) });
        await row.locator('select').selectOption(fix);
        await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: again }).click()]);
        assert.deepEqual(await marks(page).allInnerTexts(), marked.filter((one) => one !== word));
      }
      assert.equal((await typed(page)).replaceAll('\r\n', '\n'), wanted);
      await press(page, 'form#form button.primary');
      assert.match(page.url(), /done=saved/);
      assert.ok((await page.locator('.preview .message-text').innerText()).includes(fix));
      assert.deepEqual(page.wrong, []);
      await page.context().close();
    });
  }
}

test('a name of the discussion offers itself behind an @, and becomes a link', async () => {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url + paths.fr);
  const name = (await page.locator('#comments .p-author').allTextContents()).map((one) => one.trim()).find((one) => /^\p{L}{4}/u.test(one));
  await page.fill('#field-name', 'Axelle');
  await page.locator('#field-text').pressSequentially(`Je le crois, @${name.slice(0, 3).toLowerCase()}`);
  const list = page.getByRole('listbox');
  await list.waitFor();
  const first = list.getByRole('option').first();
  assert.equal(await page.getAttribute('#field-text', 'aria-activedescendant'), await first.getAttribute('id'));
  assert.ok((await list.getByRole('option').allInnerTexts()).includes(name));
  await axe(page);
  await page.keyboard.press('Escape');
  assert.equal(await list.isVisible(), false);
  await page.locator('#field-text').pressSequentially(name.slice(3, 4));
  await list.getByRole('option', { name, exact: true }).click();
  assert.equal(await typed(page), `Je le crois, @${name} `);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'field-text');
  await press(page, 'button[value=preview]');
  assert.equal(await page.locator('.preview .message-text a').innerText(), `@${name}`);
  assert.equal(await marks(page).count(), 0);
  assert.deepEqual(page.wrong, []);
  for (const url of page.asked) assert.ok(url.startsWith(demo.url), url);
  await page.context().close();
});
