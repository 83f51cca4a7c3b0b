// An editor's day: write, preview, go back, publish, correct, close the discussion; with a script and without. And what only
// a browser shows: that a form holds on to white space, that the bar of buttons never hides a field.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openPage, signIn, startBrowser, startDemo } from './stage.mjs';

let demo, chromium;

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
});

const press = (page, action) => Promise.all([page.waitForNavigation(), page.click(`button[name=action][value=${action}]`)]);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without a script';

  test(`from the first draft to the correction, ${how}`, async () => {
    const editor = await openPage(chromium.browser, { javaScriptEnabled });
    const reader = await openPage(chromium.browser, { javaScriptEnabled });
    const body = `\n    un code en retrait\n\nPremier *paragraphe* ${how}.\n\n> Une citation\n`;
    await signIn(editor, demo, 'editor');
    await editor.goto(`${demo.url}/moderation/articles/new`);
    await editor.fill('#field-headline', `Une matinée ${how}`);
    await editor.fill('#field-standfirst', 'Chapô\nsur deux lignes');
    await editor.fill('#field-body', body);

    await press(editor, 'preview');
    assert.equal(await editor.locator('h1.p-name').innerText(), `Une matinée ${how}`);
    assert.equal(await editor.locator('.e-content em').innerText(), 'paragraphe');
    assert.equal(await editor.locator('.e-content blockquote').count(), 1);
    await press(editor, 'edit');
    assert.equal(await editor.inputValue('#field-body'), body);
    assert.equal(await editor.inputValue('#field-standfirst'), 'Chapô\nsur deux lignes');

    await press(editor, 'publish');
    assert.match(await editor.locator('#notices').innerText(), /publié/);
    await reader.goto(demo.url);
    await reader.click(`a:has-text("Une matinée ${how}")`);
    assert.match(await reader.locator('.e-content').innerText(), /Premier paragraphe/);

    await editor.fill('#field-body', `Deuxième état ${how}.`);
    await press(editor, 'save');
    await reader.reload();
    assert.match(await reader.locator('.e-content').innerText(), /Deuxième état/);

    await Promise.all([editor.waitForNavigation(), editor.click('form[action$="/discussion"] button')]);
    assert.match(await editor.locator('#notices').innerText(), /fermée/);
    await reader.reload();
    assert.equal(await reader.locator('form[action$="/comments"]').count(), 0);
    assert.deepEqual([...editor.wrong, ...reader.wrong], []);
  });

  test(`an article that a colleague has saved, ${how}`, async () => {
    const [one, other] = [await openPage(chromium.browser, { javaScriptEnabled }), await openPage(chromium.browser, { javaScriptEnabled })];
    await signIn(one, demo, 'editor');
    await signIn(other, demo, 'administrator');
    await one.goto(`${demo.url}/moderation/articles`);
    await Promise.all([one.waitForNavigation(), one.click('.desk-item h2 a')]);
    await other.goto(one.url());
    await other.fill('#field-byline', `Le collègue, ${how}`);
    await press(other, 'save');
    await one.fill('#field-standfirst', 'Mon chapô à moi');
    await press(one, 'save');
    assert.equal(one.answer.status(), 409);
    assert.match(await one.locator('[role=alert]').innerText(), /enregistré cet article/);
    assert.equal(await one.inputValue('#field-standfirst'), 'Mon chapô à moi');
    await press(one, 'save');
    assert.match(await one.locator('#notices').innerText(), /Enregistré/);
  });
}

test('a field that has the keyboard is never behind the bar of buttons', async () => {
  const editor = await openPage(chromium.browser);
  await signIn(editor, demo, 'editor');
  await editor.goto(`${demo.url}/moderation/articles/new`);
  await editor.focus('#field-headline');
  for (let i = 0; i < 30; i++) {
    await editor.keyboard.press('Tab');
    const hidden = await editor.evaluate(() => {
      const bar = document.querySelector('.editor-acts'), at = document.activeElement;
      if (!at || bar.contains(at) || !bar.parentElement.contains(at)) return '';
      const box = at.getBoundingClientRect();
      return box.top >= bar.getBoundingClientRect().top || box.bottom <= 0 ? at.outerHTML.slice(0, 80) : '';
    });
    assert.equal(hidden, '');
  }
});
