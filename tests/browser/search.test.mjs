// Searching, as a reader does it: from the masthead, with the keyboard, with and without JavaScript, wide and narrow.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openPage, startBrowser, startDemo } from './stage.mjs';

let demo, chromium;
before(async () => {
  demo = await startDemo();
  chromium = await startBrowser();
});

for (const javaScriptEnabled of [true, false])
  for (const width of [360, 1280])
    test(`from the masthead to a message, ${width} px, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await openPage(chromium.browser, { javaScriptEnabled, viewport: { width, height: 800 } });
      await page.goto(demo.url);
      const field = page.locator('header form[role=search] input[name=q]');
      const closed = await field.boundingBox();
      assert.ok(closed.width >= 44 && closed.height >= 44);
      await field.focus();
      const open = await field.boundingBox();
      assert.ok(open.width > 150 && open.x >= 0, 'it opens where one writes');
      await page.keyboard.type('ponts');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.ok(page.url().includes('/search?q=ponts'));
      await Promise.all([page.waitForNavigation(), page.click('.tabs a:not([aria-current])')]);
      assert.ok((await page.locator('.hit').count()) > 3);
      assert.match(await page.locator('.hit mark').first().innerText(), /pont/i);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
      await Promise.all([page.waitForNavigation(), page.locator('.hit h2 a').first().click()]);
      assert.match(page.url(), /#comment-\d+$/);
      assert.ok(page.asked.every((address) => address.startsWith(demo.url)));
      assert.deepEqual(page.wrong, []);
      await page.context().close();
    });

test('the masthead is one line, wide', async () => {
  const page = await openPage(chromium.browser);
  await page.goto(demo.url);
  assert.ok((await page.locator('header.masthead').boundingBox()).height < 80);
  await page.context().close();
});

test('the other order, and the ways to ask, need no script', async () => {
  const page = await openPage(chromium.browser, { javaScriptEnabled: false });
  await page.goto(`${demo.url}/search?q=pont&in=messages`);
  await page.click('.ways summary');
  assert.ok(await page.locator('.ways dl').isVisible());
  await Promise.all([page.waitForNavigation(), page.click('.bar .choice a:not([aria-current])')]);
  assert.ok(page.url().includes('order=newest'));
  await page.context().close();
});
