// Reading a discussion: folding, recommending, picks, orders; with a script and without.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { articlePaths, openPage, setOptions, signIn, startBrowser, startDemo, still } from './stage.mjs';

let demo, chromium, article, number;

before(async () => {
  [demo, chromium] = await Promise.all([startDemo(), startBrowser()]);
  await setOptions(chromium.browser, demo, { recommendations: true, picks: true, folding: '8' });
  article = (await articlePaths(demo)).find((item) => item.path.includes('pont-vieux'));
  number = /comment-(\d+)/.exec(await (await fetch(demo.url + article.path)).text())[1];
});

async function publishLong(text) {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url + article.path);
  await page.fill('#field-name', 'Longin');
  await page.fill('#field-text', text);
  await Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]);
  await Promise.all([page.waitForNavigation(), page.click('button[value=send]')]);
  const sent = /(\d+)/.exec(await page.locator('article.message').first().getAttribute('id'))[1];
  await page.context().close();
  const moderator = await openPage(chromium.browser);
  await signIn(moderator, demo, 'moderator');
  await moderator.goto(`${demo.url}/moderation/comments/${sent}`);
  await Promise.all([moderator.waitForNavigation(), moderator.locator(`form[action$="/comments/${sent}/decide"] [value=publish]`).click()]);
  await moderator.context().close();
  return sent;
}

const isWhole = (text) => text.evaluate((element) => element.scrollHeight <= element.clientHeight + 1);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with a script' : 'without a script';

  test(`a long message folds, and opens for who looks for it, ${how}`, async () => {
    const long = await publishLong(Array.from({ length: 30 }, (_, i) => `Paragraphe ${i} du long récit ${how}.`).join('\n\n'));
    const page = await openPage(chromium.browser, { javaScriptEnabled });
    await page.goto(demo.url + article.path);
    const text = page.locator(`#comment-${long} .message-text`);
    assert.equal(await isWhole(text), false);
    await page.locator(`#comment-${long} .fold summary`).click();
    assert.equal(await isWhole(text), true);
    await page.locator(`#comment-${long} .fold summary`).click();
    assert.equal(await isWhole(text), false);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await isWhole(text), true, 'on paper all of it');
    await page.emulateMedia({ media: 'screen' });
    await page.goto(`${demo.url}/comments/${long}`);
    assert.equal(await isWhole(text), true, 'its permalink opens it');
    if (javaScriptEnabled) {
      await page.goto(demo.url + article.path);
      await text.evaluate((element) => { element.scrollTop = 200; }); // what a browser's search does to what is hidden
      await page.waitForSelector(`#comment-${long} .fold details[open]`);
      assert.equal(await isWhole(text), true);
    }
    assert.deepEqual(page.wrong, []);
    await page.context().close();
  });
}

test('a message is recommended in place, once, and the recommendation taken back', async () => {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url + article.path);
  assert.deepEqual(await page.context().cookies(), []);
  const button = page.locator(`#comment-${number} button[data-recommend]`);
  const tally = page.locator(`#comment-${number} .recommend b`);
  await button.click();
  await page.waitForSelector(`#comment-${number} button[aria-pressed=true]`);
  assert.equal(await tally.innerText(), '1');
  assert.ok(page.url().endsWith(article.path), 'nothing was left');
  await page.reload();
  await page.waitForSelector(`#comment-${number} button[aria-pressed=true]`);
  await button.focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector(`#comment-${number} button[aria-pressed=false]`);
  assert.equal(await tally.isHidden(), true);
  assert.deepEqual(page.wrong, []);
  assert.deepEqual((await page.context().cookies()).map((cookie) => cookie.name), ['palabre_reader']);
  await page.context().close();
});

test('without a script the button leads to a page that says so, with the way back', async () => {
  const page = await openPage(chromium.browser, { javaScriptEnabled: false });
  await page.goto(demo.url + article.path);
  await Promise.all([page.waitForNavigation(), page.locator(`#comment-${number} button[data-recommend]`).click()]);
  assert.match(await page.locator('h1').innerText(), /Vous recommandez/);
  await Promise.all([page.waitForNavigation(), page.locator('button[name=undo]').click()]);
  assert.match(await page.locator('h1').innerText(), /Recommander ce message/);
  await Promise.all([page.waitForNavigation(), page.locator('main a.button').click()]);
  assert.ok(page.url().endsWith(`#comment-${number}`));
  await page.context().close();
});

test('who is of the house picks beside the message', async () => {
  const page = await openPage(chromium.browser);
  await signIn(page, demo, 'moderator');
  await page.goto(`${demo.url}/comments/${number}`);
  await Promise.all([page.waitForNavigation(), page.locator(`#comment-${number} button[form=pick]`).click()]);
  const reader = await openPage(chromium.browser);
  await reader.goto(demo.url + article.path);
  assert.equal(await reader.locator('.picks article').count(), 1);
  assert.equal(await reader.locator('button[form=pick]').count(), 0);
  await Promise.all([reader.waitForNavigation(), reader.locator('.picks .actions a').click()]);
  assert.ok(reader.url().endsWith(`#comment-${number}`));
  for (const one of [page, reader]) await one.context().close();
});

test('what is touched is 44 px high, and nothing needs to be scrolled sideways, on a narrow screen and at 200 %', async () => {
  for (const viewport of [{ width: 360, height: 740 }, { width: 320, height: 256 }]) {
    const page = await openPage(chromium.browser, { viewport, hasTouch: true });
    await page.goto(demo.url + article.path);
    const small = await page.locator('.actions a, .actions button, .pager a, .choice a, summary, .fold summary, .button').evaluateAll((all) =>
      all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => `${one.textContent.trim()} ${one.getBoundingClientRect().height}`),
    );
    assert.deepEqual(small, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true);
    await page.context().close();
  }
});

test('nothing moves while the page comes, nor when the sections open or a long text is typed, on a narrow screen', async (context) => {
  const all = await startDemo({ PALABRE_COMMENTS_PER_PAGE: '50' }); // replies, too
  context.after(() => all.stop());
  await setOptions(chromium.browser, all, { recommendations: true });
  const page = await openPage(chromium.browser, { viewport: { width: 360, height: 740 } });
  await page.addInitScript(() => {
    window.tops = () => [...document.querySelectorAll('.message')].map((one) => Math.round(one.getBoundingClientRect().top + scrollY));
    addEventListener('DOMContentLoaded', () => requestAnimationFrame(() => { window.before = window.tops(); }));
    // Recommended by this reader, each of them: what marks it comes late, too.
    localStorage.setItem('palabre:recommended', JSON.stringify(Array.from({ length: 200 }, (_, i) => String(i))));
  });
  await page.route(all.url + article.path, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(/<span hidden( title=[^>]*>.*?)<b>0<\/b>/g, '<span$1<b>128</b>') });
  });
  await page.goto(all.url + article.path);
  assert.ok((await page.getByText('128', { exact: true }).count()) > 20);
  await page.locator('button[data-quote]').last().waitFor();
  await page.locator('[data-recommend][aria-pressed=true]').last().waitFor();
  const [before, now] = await page.evaluate(() => [window.before, window.tops()]);
  assert.ok(before.length > 20);
  assert.deepEqual(now, before);
  const broken = await page.locator('.actions').evaluateAll((rows) => rows.filter((row) => row.getBoundingClientRect().height > 60).length);
  assert.equal(broken, 0, 'all that can be done with a message stands in one line');

  await page.locator('.site-name a').evaluate((name) => { name.textContent = 'Le Courrier de la Sorelle et de toute la haute vallée'; });
  await page.click('[popovertarget=sections]');
  const [masthead, sections] = await Promise.all(['.masthead', '#sections'].map((one) => page.locator(one).boundingBox()));
  assert.ok(Math.abs(sections.y - (masthead.y + masthead.height)) <= 1.5, `the sections open at ${sections.y}, below ${masthead.height}`);
  await page.keyboard.press('Escape');

  await page.fill('#field-text', 'une ligne\n'.repeat(200));
  assert.ok((await page.locator('#field-text').boundingBox()).height <= 740 * 0.8 + 1, 'the text field ends before the window does');
  await page.context().close();
});

test('the orders are reached by links, one from the other', async () => {
  const page = await openPage(chromium.browser, { javaScriptEnabled: false });
  await page.goto(demo.url + article.path);
  const choose = async (label) => {
    await Promise.all([page.waitForNavigation(), page.locator('.choice a', { hasText: label }).click()]);
    return new URL(page.url()).pathname;
  };
  assert.equal(await choose('derniers'), `${article.path}/newest`);
  assert.equal(await choose('recommandés'), `${article.path}/recommended`);
  assert.equal(await choose('début'), `${article.path}/comments/1`);
  await page.context().close();
});

test('a draft is kept on the device, offered back, and can be discarded', async () => {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url + article.path);
  assert.equal(await page.evaluate(() => localStorage.length), 0, 'nothing is kept before somebody types');
  await page.fill('#field-text', 'Une phrase commencée');
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('palabre:draft:')));
  await page.reload();
  assert.equal(await page.inputValue('#field-text'), 'Une phrase commencée');
  await page.locator('.draft-found button').click();
  assert.equal(await page.inputValue('#field-text'), '');
  await page.reload();
  assert.equal(await page.inputValue('#field-text'), '');
  // One that is older than a month is forgotten.
  await page.evaluate((id) => localStorage.setItem(`palabre:draft:${id}:0`, JSON.stringify({ text: 'Vieux', title: '', at: 1 })), /articles\/(\d+)/.exec(article.path)[1]);
  await page.reload();
  assert.equal(await page.inputValue('#field-text'), '');
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(page.wrong, []);
  await page.context().close();
});

test('a permalink lands at its message, and stays there, however long the discussion above it', async () => {
  const page = await openPage(chromium.browser, { viewport: { width: 412, height: 800 } });
  await page.goto(demo.url + article.path);
  const numbers = await page.locator('.thread .message[id]').evaluateAll((all) => all.map((one) => one.id));
  for (const id of [numbers[0], numbers[Math.floor(numbers.length / 2)], numbers.at(-1)]) {
    await page.goto('about:blank');
    await page.goto(`${demo.url}${article.path}#${id}`);
    // Where it stands once it does not move any more; at most a line below where links lead.
    const top = await still(page, `#${id}`);
    assert.ok(top >= 0 && top < 40, `${id} stands at ${top} px`);
  }
  await page.context().close();
});
