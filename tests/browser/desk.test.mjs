// The moderators' desk with its script: keys, two moderators at once, several messages, what happens when a request fails.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, test } from 'node:test';
import { openPage, signIn, startBrowser, startDemo } from './stage.mjs';

let demo, chromium, page;

const shown = (at) => at.evaluate(() => document.querySelector('.case')?.dataset.case);
const listed = (at) => at.evaluate(() => [...document.querySelectorAll('.line')].map((line) => line.dataset.number));
const notice = async (at) => (await at.locator('#notices').innerText()).replace(/\s+/g, ' ').trim();
const until = (at, number) => at.waitForFunction((n) => document.querySelector('.case')?.dataset.case === n, number);
const untilNotice = (at, text) => at.waitForFunction((t) => document.querySelector('#notices').textContent.includes(t), text);

async function moderate(role = 'moderator', options = {}) {
  const opened = await openPage(chromium.browser, options);
  await signIn(opened, demo, role);
  await opened.goto(`${demo.url}/moderation`, { waitUntil: 'networkidle' });
  return opened;
}

before(async () => {
  chromium = await startBrowser();
});
beforeEach(async () => {
  demo = await startDemo(); // each test decides the same queue anew
  page = await moderate();
});
afterEach(async () => {
  await demo.stop();
  assert.deepEqual(page.wrong, []);
});

test('publish, undo, reject by rule: the next message is there, the address and the list go along', async () => {
  const queue = await listed(page);
  await page.keyboard.press('p');
  await until(page, queue[1]);
  await untilNotice(page, `#${queue[0]}`);
  assert.deepEqual(await listed(page), queue.slice(1));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'case-title');
  assert.match(page.url(), new RegExp(`/comments/${queue[1]}`));
  assert.equal(await page.locator('.desk-bar [data-count=pending]').innerText(), String(queue.length - 1));
  await page.keyboard.press('u');
  await until(page, queue[0]);
  assert.deepEqual(await listed(page), queue);
  await page.keyboard.press('r');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.rule), '1');
  await page.keyboard.press('2');
  await until(page, queue[1]);
  await page.goto(`${demo.url}/moderation/comments/${queue[0]}`);
  const rule = await page.locator('.by-rule').count();
  assert.equal(rule, 0, 'what is rejected cannot be rejected again');
  assert.notEqual(await page.locator('#decisions-title ~ .facts .mark').first().innerText(), '');
});

test('the account stands at the right end of the first row, for every role', async () => {
  for (const role of ['moderator', 'administrator']) {
    const opened = role === 'moderator' ? page : await moderate(role);
    const [site, account] = await Promise.all(['.desk-site', '.desk-own'].map((one) => opened.locator(one).boundingBox()));
    assert.ok(account.x + account.width > 1280 - 24, `${role}: it ends at ${account.x + account.width}`);
    assert.ok(account.y < site.y + site.height, `${role}: in the first row`);
    if (opened !== page) await opened.context().close();
  }
});

test('a decision and its undoing in one breath', async () => {
  const queue = await listed(page);
  await page.keyboard.press('p');
  await page.keyboard.press('u');
  await untilNotice(page, `#${queue[0]}`);
  await until(page, queue[0]);
  assert.deepEqual(await listed(page), queue);
});

test('a whole queue in one breath', async () => {
  const queue = await listed(page);
  for (let left = queue.length; left > 0; left--) {
    const number = await shown(page);
    await page.keyboard.press(left % 2 ? 's' : 'p');
    await page.waitForFunction((n) => document.querySelector('.case')?.dataset.case !== n, number);
  }
  await page.waitForSelector('.nothing');
  assert.equal(await page.locator('.line').count(), 0);
  await page.goto(`${demo.url}/moderation?queue=decided`);
  const refused = await listed(page);
  assert.equal(queue.filter((number) => refused.includes(number)).length, Math.floor(queue.length / 2));
});

test('keys do nothing while somebody types, and there is a list of them', async () => {
  const number = await shown(page);
  await page.keyboard.press('n');
  await page.keyboard.type('psr1 ujk?');
  assert.equal(await page.inputValue('#note'), 'psr1 ujk?');
  assert.equal(await shown(page), number);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  assert.ok(await page.locator('#keys').evaluate((dialog) => dialog.open));
  await page.keyboard.press('p');
  assert.equal(await shown(page), number);
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.waitForFunction((n) => document.querySelector('.case').dataset.case !== n, number);
  await page.keyboard.press('k');
  await until(page, number);
  await page.goBack();
  await page.waitForFunction((n) => document.querySelector('.case').dataset.case !== n, number);
});

test('two moderators: told what is open, led apart, and the later decision is given back', async () => {
  const queue = await listed(page);
  const other = await moderate('editor');
  assert.equal(await shown(other), queue[1], 'the first one is open at a colleague’s');
  assert.ok(await other.locator(`.line [data-open="${queue[0]}"]`).isVisible());
  await page.keyboard.press('p');
  await until(page, queue[2]);
  await other.goto(`${demo.url}/moderation/comments/${queue[2]}`, { waitUntil: 'networkidle' });
  await other.keyboard.press('p');
  await untilNotice(other, `#${queue[2]}`);
  const text = await page.locator('.case-text').boundingBox();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // the next poll, now
  await untilNotice(page, `#${queue[2]}`);
  assert.deepEqual(await page.locator('.case-text').boundingBox(), text, 'nothing moved');
  await page.keyboard.press('n');
  await page.fill('#note', 'ma note');
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.waitForSelector('#overtaken');
  assert.equal(await shown(page), queue[2]);
  assert.equal(await page.inputValue('#note'), 'ma note');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'overtaken');
  await other.context().close();
});

test('several at once, and all of them undone', async () => {
  const queue = await listed(page);
  assert.ok(!(await page.locator('.several-acts').isVisible()));
  await page.keyboard.press('x');
  await page.locator('.tick input').nth(2).click({ modifiers: ['Shift'] });
  await page.locator('.tick input').nth(0).uncheck();
  assert.match(await page.locator('.several-count').innerText(), / 2$/);
  await page.locator('.several-acts [value=spam]').click();
  await untilNotice(page, '2 ');
  assert.deepEqual(await listed(page), [queue[0], ...queue.slice(3)]);
  await page.keyboard.press('u');
  await page.waitForFunction((n) => document.querySelectorAll('.line').length === n, queue.length);
  assert.match(await notice(page), /2 /);
});

test('what a script cannot send, the browser sends', async () => {
  const number = await shown(page);
  await page.route('**/decide', (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort()));
  await page.evaluate(() => { globalThis.before = true; });
  await page.keyboard.press('p');
  await untilNotice(page, `#${number}`); // the script has changed the address before: that is no page yet
  assert.equal(await page.evaluate(() => globalThis.before), undefined, 'another page has come');
  assert.ok(!(await listed(page)).includes(number));
  page.wrong = page.wrong.filter((message) => !message.includes('ERR_FAILED'));
});
