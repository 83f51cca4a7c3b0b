// Every kind of page, in both languages: axe-core finds nothing, vnu finds no error, nothing runs over the side.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { articlePaths, atEnd, openPage, overload, setOptions, signIn, startBrowser, startDemo, startFresh, startHurried, startMailServer } from './stage.mjs';

const here = createRequire(import.meta.url);
const AXE = await readFile(here.resolve('axe-core/axe.min.js'), 'utf8');
const VNU = new URL('node_modules/vnu-jar/build/dist/vnu.jar', import.meta.url).pathname;

let demo, hurried, fresh, mail, chromium, kinds, folder;

// name → {path, role?, prepare?}: prepare brings the page into its state by acting on it.
async function collect() {
  const articles = await articlePaths(demo);
  const long = articles.find((item) => item.path.includes('pont-vieux')).path;
  const english = articles.find((item) => item.path.includes('swifts') || item.path.includes('forty-boxes')).path;
  const closed = articles.find((item) => item.path.includes('marche')).path;
  const excerpt = articles.find((item) => item.path.includes('haies')).path;
  const send = (text) => async (page) => {
    await page.fill('#field-name', 'Axelle');
    await page.fill('#field-text', text);
    await Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]);
  };
  const submit = async (page) => {
    await send('Une page de plus à regarder de près, n° ' + Math.random())(page);
    await Promise.all([page.waitForNavigation(), page.click('button[value=send]')]);
  };
  const write = (text, more) => async (page) => {
    await page.fill('#field-text', text);
    await page.evaluate(() => { document.querySelector('form#form').noValidate = true; });
    await more?.(page);
  };
  const press = (page, selector) => Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
  const ownPage = async (page) => {
    await submit(page);
    await press(page, 'a[href*="/messages/"]');
  };
  const follow = (address) => async (page) => {
    await page.fill('#follow-email', address);
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(() => {
        const form = document.querySelector('form[action$="/follow"]');
        form.noValidate = true;
        form.requestSubmit();
      }),
    ]);
  };
  // Empties the lines of text and sends the form, as no browser would.
  const spoil = (page) =>
    Promise.all([
      page.waitForNavigation(),
      page.evaluate(() => {
        const form = document.querySelector('form#form');
        form.noValidate = true;
        for (const field of form.querySelectorAll('input:not([type=hidden]):not([type=radio]):not([type=checkbox])')) field.value = '';
        form.requestSubmit(form.querySelector('button.primary'));
      }),
    ]);
  const followOf = (path) => `/articles/${/articles\/(\d+)/.exec(path)[1]}/follow`;
  const confirm = (address) => async (page) => {
    await follow(address)(page);
    await page.goto(demo.url + (await mail.linkTo(address)) + '/confirm');
  };
  const searchTooOften = (path) => async (page) => {
    for (let i = 0; i < SEARCHES; i++) await page.goto(demo.url + path);
  };
  let asked;
  const askForProof = () => (asked ??= setOptions(chromium.browser, demo, { challenge: 'always' }));
  // These kinds on a French article and, with '-en' behind their names, on an English one.
  const twice = (make) => ({
    ...make(long, 'fr'),
    ...Object.fromEntries(Object.entries(make(english, 'en')).map(([name, kind]) => [`${name}-en`, kind])),
  });
  const number = /comment-(\d+)/.exec(await (await fetch(demo.url + long)).text())[1];
  return {
    home: { path: '/' },
    'home-en': { path: '/?lang=en' },
    section: { path: '/sections/' + /\/sections\/([\w-]+)/.exec(await (await fetch(demo.url)).text())[1] },
    article: { path: long },
    'article-en': { path: english },
    'article-closed': { path: closed },
    excerpt: { path: excerpt },
    'sections-open': {
      path: long,
      prepare: async (page) => {
        await page.setViewportSize({ width: 360, height: 800 });
        await page.click('[popovertarget=sections]');
        await page.waitForSelector('#sections:popover-open a');
      },
    },
    thread: { path: `${long}/threads/${number}/1` },
    'newest-first': { path: long + '/newest' },
    'most-recommended': { path: long + '/recommended' },
    recommend: { path: `/comments/${number}/recommend` },
    'older-page': { path: long + '/comments/1' },
    archive: { path: '/archive' },
    'archive-en': { path: '/archive?lang=en' },
    'archive-month': { path: /\/archive\/[\d-]+/.exec(await (await fetch(demo.url + '/archive')).text())[0] },
    search: { path: '/search' },
    'search-articles': { path: '/search?q=pont' },
    'search-messages': { path: '/search?q=pont&in=messages' },
    'search-en': { path: '/search?q=bridge&lang=en' },
    'search-none': { path: '/search?q=zzyzx' },
    charter: { path: '/charter' },
    'charter-en': { path: '/charter?lang=en' },
    reply: { path: `/comments/${number}/reply` },
    report: { path: `/comments/${number}/report` },
    'report-article': { path: `/articles/${/articles\/(\d+)/.exec(long)[1]}/report` },
    receipt: {
      path: `/articles/${/articles\/(\d+)/.exec(long)[1]}/report`,
      prepare: async (page) => {
        await page.locator('[name=rule]').first().check();
        await page.fill('#field-text', 'Un chiffre est faux, n° ' + Math.random());
        await Promise.all([page.waitForNavigation(), page.click('button.primary')]);
      },
    },
    'desk-reports': { path: '/moderation/reports', role: 'moderator' },
    preview: { path: long, prepare: send('Un *aperçu* à regarder : https://example.org') },
    'preview-en': { path: english, prepare: send('A *preview* to look at: https://example.org') },
    'preview-unknown-words': { path: long, prepare: send('Exellent article, l’hommme a raison : la brouchtoulle est là depuis longtems.') },
    'preview-unknown-words-en': { path: english, prepare: send('Teh swifts are back, I don’t recieve them. Definately a grumbleshank.') },
    'preview-advice': { path: long, prepare: send('I DO NOT AGREE WITH YOU AT ALL: THE BRIDGE SHOULD HAVE BEEN REBUILT A VERY LONG TIME AGO.') },
    'form-errors': {
      path: long,
      status: 422,
      prepare: async (page) => {
        await page.fill('#field-name', 'A');
        await page.fill('#field-text', 'x'.repeat(9000));
        await Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]);
      },
    },
    received: { path: long, prepare: submit },
    'received-en': { path: english, prepare: submit },
    follow: { path: `/articles/${/articles\/(\d+)/.exec(long)[1]}/follow` },
    'follow-en': { path: `/articles/${/articles\/(\d+)/.exec(english)[1]}/follow` },
    'follow-errors': { path: `/articles/${/articles\/(\d+)/.exec(long)[1]}/follow`, prepare: follow('axelle@nowhere'), status: 422 },
    'follow-sent': { path: `/articles/${/articles\/(\d+)/.exec(long)[1]}/follow`, prepare: follow('axelle@example.org') },
    ...twice((path, language) => ({
      'follow-confirm': { path: followOf(path), prepare: confirm(`confirm-${language}@example.org`) },
      'follow-confirmed': {
        path: followOf(path),
        prepare: async (page) => {
          await confirm(`manage-${language}@example.org`)(page);
          await press(page, 'form button.primary');
          await page.locator('.plain-list').waitFor();
        },
      },
      'follow-stop': {
        path: followOf(path),
        prepare: async (page) => {
          await confirm(`stop-${language}@example.org`)(page);
          await press(page, 'form button.primary');
          await page.goto(page.url().replace(/\/confirm$/, '') + '/stop');
        },
      },
      'follow-ended': {
        path: followOf(path),
        prepare: async (page) => {
          await confirm(`ended-${language}@example.org`)(page);
          await press(page, 'form button.primary');
          await press(page, 'button[value=stop]');
        },
      },
      'private-page': { path, prepare: ownPage },
      withdrawn: {
        path,
        prepare: async (page) => {
          await ownPage(page);
          await page.click('details.notice:has(.danger) > summary');
          await press(page, 'button.danger');
        },
      },
      'edit-errors': {
        path,
        status: 422,
        prepare: async (page) => {
          await ownPage(page);
          await write('  ')(page);
          await press(page, 'form#form button.primary');
        },
      },
      'edit-preview': {
        path,
        prepare: async (page) => {
          await ownPage(page);
          await page.fill('#field-text', 'Exellent article, l’hommme a raison : la brouchtoulle est là.');
          await press(page, 'form#form button[value=preview]');
          await page.locator('.preview .unknown').first().click();
        },
      },
      'edit-overtaken': {
        path,
        status: 409,
        prepare: async (page) => {
          await ownPage(page);
          await page.evaluate(() => { document.querySelector('[name=version]').value = '7'; });
          await press(page, 'form#form button.primary');
        },
      },
      'form-too-often': {
        path,
        status: 429,
        prepare: async (page) => {
          await page.evaluate(async (previews) => {
            const form = document.querySelector('form#form');
            const body = new URLSearchParams([...new FormData(form), ['action', 'preview']]);
            for (let i = 0; i < previews; i++) await fetch(form.getAttribute('action'), { method: 'POST', body });
          }, PREVIEWS);
          await send('Encore une fois.')(page);
        },
      },
      'form-stale': {
        path,
        status: 403,
        prepare: async (page) => {
          await page.evaluate(() => { document.querySelector('form#form [name=token]').value = '1.x'; });
          await send('Un message resté ouvert trop longtemps.')(page);
        },
      },
    })),
    'too-large': {
      path: long,
      status: 413,
      prepare: async (page) => {
        await page.fill('#field-name', 'Axelle');
        await page.fill('#field-text', 'mot '.repeat(5000));
        await press(page, 'button[value=preview]');
      },
    },
    'search-limited': { path: '/search?q=pont', status: 429, prepare: searchTooOften('/search?q=pont') },
    'search-limited-en': { path: '/search?q=bridge&lang=en', status: 429, prepare: searchTooOften('/search?q=bridge&lang=en') },
    busy: {
      path: '/',
      on: hurried,
      status: 503,
      prepare: (page) =>
        overload(hurried, long, async () => {
          await page.goto(`${hurried.url}/comments/${number}/reply`);
          return page.answer.status() === 503;
        }),
    },
    'busy-given-back': {
      path: long,
      on: hurried,
      status: 503,
      prepare: (page) =>
        overload(hurried, long, async () => {
          await page.goto(hurried.url + long);
          if (page.answer.status() !== 200) return false; // that one has nothing to be given back
          await send('Un message qui arrive quand tout le monde est là.\n\nEt qui revient.')(page);
          return page.answer.status() === 503;
        }),
    },
    'no-message': { path: '/comments/999999', status: 404 },
    'no-message-en': { path: '/comments/999999?lang=en', status: 404 },
    'not-found-en': { path: '/nowhere?lang=en', status: 404 },
    'private-page-gone': { path: '/messages/nowhere', status: 404 },
    'desk-forbidden': { path: '/moderation/site', role: 'moderator', status: 403 },
    'follow-gone': { path: '/follow/1.1.x', status: 404 },
    notices: {
      path: long,
      prepare: async (page) => {
        await page.click('#form details.more > summary');
        await page.fill('#field-email', 'axelle@example.org');
        await page.check('#field-notify');
        await submit(page);
        const secret = /messages\/[\w-]+/.exec(await page.content())[0];
        await page.goto(`${demo.url}/${secret}/notices`);
      },
    },
    'desk-mail': { path: '/moderation/mail', role: 'administrator' },
    'sign-in': { path: '/sign-in' },
    'not-found': { path: '/nulle-part', status: 404 },
    queue: { path: '/moderation', role: 'moderator' },
    reported: { path: '/moderation?queue=reported', role: 'moderator' },
    decided: { path: '/moderation?queue=decided', role: 'moderator' },
    'desk-message': { path: `/moderation/comments/${number}`, role: 'moderator' },
    'desk-edit': { path: `/moderation/comments/${number}/edit`, role: 'moderator' },
    'desk-revision': {
      path: '/moderation/articles/' + /articles\/(\d+)/.exec(long)[1],
      role: 'editor',
      prepare: async (page) => {
        await page.fill('#field-byline', 'Hélène Marchadier, avec la rédaction');
        await press(page, 'button[value=save]');
        await page.goto(`${page.url().replace(/[?#].*/, '')}/revisions/1`);
      },
    },
    'set-up': { path: fresh.setUp, on: fresh },
    journal: { path: '/moderation/journal', role: 'moderator' },
    sessions: { path: '/moderation/sessions', role: 'moderator' },
    'desk-articles': { path: '/moderation/articles', role: 'editor' },
    'desk-new': { path: '/moderation/articles/new', role: 'editor' },
    'desk-article': { path: '/moderation/articles/' + /articles\/(\d+)/.exec(long)[1], role: 'editor' },
    'desk-article-errors': { path: '/moderation/articles/new', role: 'editor', prepare: spoil, status: 422 },
    'desk-preview': {
      path: '/moderation/articles/' + /articles\/(\d+)/.exec(excerpt)[1],
      role: 'editor',
      prepare: (page) => Promise.all([page.waitForNavigation(), page.click('button[value=preview]')]),
    },
    'desk-sections': { path: '/moderation/sections', role: 'editor' },
    'desk-section': { path: '/moderation/sections/1', role: 'editor' },
    'desk-section-errors': { path: '/moderation/sections/new', role: 'editor', prepare: spoil, status: 422 },
    'desk-charter': { path: '/moderation/charter', role: 'administrator' },
    'desk-charter-errors': { path: '/moderation/charter', role: 'administrator', prepare: spoil, status: 422 },
    'desk-charter-version': { path: '/moderation/charter/1', role: 'administrator' },
    'desk-words': {
      path: '/moderation/words',
      role: 'administrator',
      prepare: async (page) => {
        await page.fill('#field-patterns', `mot surveillé ${Math.random()}\ngalopin`);
        await Promise.all([page.waitForNavigation(), page.click('#add ~ form button.primary')]);
        await page.fill('#field-try', 'Un g4lopin & <des> mots');
        await Promise.all([page.waitForNavigation(), page.click('#try ~ form button')]);
      },
    },
    'desk-words-errors': {
      path: '/moderation/words',
      role: 'administrator',
      status: 422,
      prepare: async (page) => {
        await page.check('#kind-expression');
        await page.fill('#field-patterns', 'ab(c');
        await Promise.all([page.waitForNavigation(), page.click('#add ~ form button.primary')]);
      },
    },
    'desk-dictionary': {
      path: '/moderation/dictionary',
      role: 'moderator',
      prepare: async (page) => {
        await page.fill('#field-add', 'Quincampoix');
        await Promise.all([page.waitForNavigation(), page.click('form:has(#field-add) button')]);
      },
    },
    'desk-dictionary-errors': {
      path: '/moderation/dictionary',
      role: 'moderator',
      status: 422,
      prepare: async (page) => {
        await page.fill('#field-add', 'deux mots');
        await Promise.all([page.waitForNavigation(), page.click('form:has(#field-add) button')]);
      },
    },
    'desk-message-words': {
      path: long,
      role: 'moderator',
      prepare: async (page) => {
        await send('La brouchtoulle de Lussange, n° ' + Math.random())(page);
        await Promise.all([page.waitForNavigation(), page.locator('button[value=send]').first().click()]);
        const last = await page.request.get(demo.url + '/moderation?order=newest');
        const numbers = [...(await last.text()).matchAll(/moderation\/comments\/(\d+)/g)].map((found) => Number(found[1]));
        await page.goto(`${demo.url}/moderation/comments/${Math.max(...numbers)}`);
        await page.locator('form#words').waitFor();
      },
    },
    'desk-word': { path: '/moderation/words/1', role: 'administrator' },
    'desk-bans': { path: '/moderation/bans', role: 'moderator' },
    'desk-accounts': { path: '/moderation/accounts', role: 'administrator' },
    'desk-account': { path: '/moderation/accounts/2', role: 'administrator' },
    'desk-account-errors': { path: '/moderation/accounts/new', role: 'administrator', prepare: spoil, status: 422 },
    'desk-password': { path: '/moderation/password', role: 'moderator' },
    'desk-site': { path: '/moderation/site', role: 'administrator' },
    'desk-site-errors': { path: '/moderation/site', role: 'administrator', prepare: spoil, status: 422 },
    // Last, for from then on it is asked for everywhere.
    ...twice((path) => ({
      'proof-asked': {
        path,
        prepare: async (page) => {
          await askForProof();
          await page.reload();
          await send('Un message pour lequel il faut calculer.')(page);
          await page.locator('altcha-widget [data-state=verified], altcha-widget .altcha[data-state=verified]').first().waitFor();
        },
      },
    })),
  };
}

// Each page has an address of its own (openFrom): these bind those that go beyond them, and nobody else.
const SEARCHES = 3, PREVIEWS = 20;
const LIMITS = { PALABRE_MESSAGES_PER_ADDRESS: `${PREVIEWS / 10}`, PALABRE_SEARCHES_PER_ADDRESS: `${SEARCHES}`, PALABRE_FORM_KB: '16' };
let pages = 0;
const openFrom = (options) =>
  openPage(chromium.browser, { reducedMotion: 'reduce', extraHTTPHeaders: { 'X-Forwarded-For': `198.51.${pages >> 8}.${pages++ & 255}` }, ...options });

before(async () => {
  mail = await startMailServer();
  [demo, hurried, fresh, chromium] = await Promise.all([
    startDemo({ ...LIMITS, ...mail.settings }),
    startHurried(),
    startFresh(),
    startBrowser(),
  ]);
  await setOptions(chromium.browser, demo, { recommendations: true, picks: true });
  kinds = await collect();
  folder = await mkdtemp(join(tmpdir(), 'palabre-kinds-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
});

// In the dark only what is about colours can be another than in the light.
const RULES = { light: {}, dark: { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } };
const signedIn = {};

async function pageFor(role) {
  const page = await openFrom(role ? { storageState: signedIn[role] } : {});
  if (role && !signedIn[role]) {
    await signIn(page, demo, role);
    signedIn[role] = await page.context().storageState();
  }
  return page;
}

async function lookAt(name, { path, role, prepare, status, on }) {
  const page = await pageFor(role);
  const { url } = on ?? demo;
  const faults = [];
  await page.goto(url + path);
  if (prepare) await prepare(page);
  if (page.answer.status() !== (status ?? 200)) faults.push(`${name}: status ${page.answer.status()}`);
  await writeFile(join(folder, `${name}.html`), await page.answer.body());
  await page.evaluate(AXE);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate((rules) => globalThis.axe.run(document, { resultTypes: ['violations'], ...rules }), RULES[colorScheme]);
    for (const violation of found.violations)
      faults.push(`${name} ${colorScheme}: ${violation.id}: ${violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  }
  for (const width of [1280, 768, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) faults.push(`${name}: ${over} px over the side at ${width} px`);
  }
  for (const wrong of page.wrong) faults.push(`${name}: ${wrong}`);
  for (const asked of page.asked) if (!asked.startsWith(url) && !asked.startsWith('data:')) faults.push(`${name} asks ${asked}`);
  await page.context().close();
  return faults;
}

test('axe finds nothing, on any kind of page, light and dark, narrow and wide', async () => {
  const faults = [];
  for (const [name, kind] of Object.entries(kinds)) faults.push(...(await lookAt(name, kind)));
  assert.deepEqual(faults, []);
});

test('vnu finds no error on any kind of page', async () => {
  const files = Object.keys(kinds).map((name) => join(folder, `${name}.html`));
  const { stderr } = await promisify(execFile)('java', ['-jar', VNU, '--errors-only', '--format', 'gnu', ...files], { maxBuffer: 1 << 26 })
    .catch((error) => error);
  assert.equal(stderr.trim(), '');
});
