/**
 * Presses keys and measures from the press until the frame with the result has
 * been painted: the event's own time stamp to the first task behind the frame
 * in which the page first shows what was asked for.
 */
export async function measureKeys(page, rounds) {
  await page.addInitScript(install);
  await page.goto('/tickets');
  await page.evaluate(install);
  await firstRow(page);
  const found = {};
  const note = (name, ms) => {
    found[name] ??= [];
    found[name].push(ms);
  };

  for (let i = 0; i < rounds; i += 1) {
    const at = await currentRow(page);
    note('move (j)', await press(page, 'j', `row(${at + 1})`));
    await page.waitForTimeout(40);
  }
  for (let i = 0; i < 2 * rounds; i += 1) {
    await press(page, i % 2 ? 'k' : 'j', 'true');
    // A row is fetched a moment after one has come to rest on it.
    await quiet(page, 600);
    const before = await requests(page);
    if (i % 2)
      note('open, prefetched, until one can write', await press(page, 'Enter', 'writable()'));
    else note('open, prefetched (Enter)', await press(page, 'Enter', 'opened()'));
    if ((await requests(page, before)) > 0) console.error('a prefetched ticket was fetched again');
    await quiet(page, 200);
    await press(page, 'Escape', '!opened()');
    await quiet(page, 100);
  }
  // Another order: of these none was ever fetched, and none is kept from before.
  await page.goto('/tickets?sort=created_at');
  await firstRow(page);
  for (let i = 0; i < rounds; i += 1) {
    const before = await requests(page);
    // At once: what one rests on would be fetched.
    await page.keyboard.press('j');
    note('open, not fetched (Enter)', await press(page, 'Enter', 'opened()'));
    if ((await requests(page, before)) === 0)
      console.error('a ticket was there before it was opened');
    await quiet(page, 200);
    await press(page, 'Escape', '!opened()');
    await quiet(page, 50);
  }
  // To assign to oneself what is one's own changes nothing.
  await page.goto('/tickets?q=assignee:none');
  await firstRow(page);
  await press(page, 'j', 'true');
  await quiet(page, 600);
  await press(page, 'Enter', 'opened()');
  await quiet(page, 600);
  for (let i = 0; i < rounds; i += 1) {
    const to = i % 2 ? 'Open' : 'In progress';
    note('status: the picker (s)', await press(page, 's', `dialog('Status')`));
    await page.keyboard.type(to.slice(0, 4));
    await page.waitForTimeout(80);
    note('status: chosen (Enter)', await press(page, 'Enter', `property('Status', '${to}')`));
    await quiet(page, 250);
    note('assign: the picker (a)', await press(page, 'a', `dialog('Assign')`));
    await quiet(page, 150);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(80);
    const mine = await page.evaluate(() => globalThis.bench.value('Assignee'));
    note('assign to me (i)', await press(page, 'i', `assigned(${JSON.stringify(mine)})`));
    await quiet(page, 250);
    await press(page, 'u', `property('Assignee', ${JSON.stringify(mine)})`);
    await quiet(page, 250);
  }

  console.log('| from the key to the painted result, ms | presses | median | p95 | worst |');
  console.log('|---|---:|---:|---:|---:|');
  for (const [name, all] of Object.entries(found)) {
    const sorted = all.sort((a, b) => a - b);
    const at = (q) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]);
    console.log(`| ${name} | ${sorted.length} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`);
  }
  console.log('');
}

async function firstRow(page) {
  await page.locator('[data-row] a').first().waitFor();
  await page.evaluate(() => document.activeElement?.blur());
}

const currentRow = (page) => page.evaluate(() => globalThis.bench.current());

/** How many tickets were asked for, of those after `since`. */
const requests = (page, since = 0) =>
  page.evaluate(
    (from) =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => /\/api\/tickets\/\d+$/.test(entry.name)).length - from,
    since,
  );

const quiet = (page, ms) => page.waitForTimeout(ms);

async function press(page, key, condition) {
  const handle = await page.evaluateHandle(
    (text) => ({ done: globalThis.bench.until(text) }),
    condition,
  );
  await page.keyboard.press(key);
  const took = await page.evaluate(({ done }) => done, handle);
  await handle.dispose();
  if (took < 0) throw new Error(`${key}: nothing came of it (${condition})`);
  return took;
}

/** What runs in the page. */
function install() {
  // 250 by default, and what comes after is not counted.
  performance.setResourceTimingBufferSize(100_000);
  // What is laid out ahead is in the page, but not to be seen.
  const visible = { opacityProperty: true, visibilityProperty: true };
  const shown = (selector) =>
    [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility(visible));
  const bench = {
    current: () => {
      const row = document.activeElement?.closest('[data-row]');
      return row ? Number(row.dataset.index) : -1;
    },
    value: (name) => {
      const button = document.querySelector(
        { Status: '[data-command="ticket.status"]', Assignee: '[data-command="ticket.assign"]' }[
          name
        ],
      );
      return button?.textContent ?? '';
    },
    conditions: {
      row: (index) => bench.current() === index,
      opened: () =>
        // Title and conversation, and not their skeletons.
        shown('article h1').length > 0 &&
        shown('article section[aria-label="Conversation"]').some((one) => one.textContent !== ''),
      writable: () =>
        /\/tickets\/\d+/.test(location.pathname) &&
        bench.conditions.opened() &&
        shown('article form, article textarea, article [contenteditable]').length > 0,
      dialog: (name) =>
        [...document.querySelectorAll('[role="dialog"]')].some((one) =>
          (one.getAttribute('aria-label') ?? one.textContent ?? '').startsWith(name),
        ) && document.activeElement?.closest('[role="dialog"]') !== null,
      property: (name, text) => bench.value(name) === text,
      assigned: (before) => bench.value('Assignee') !== before,
    },
    until: (text) => {
      const names = Object.keys(bench.conditions);
      const parts = text === 'true' ? [] : text.match(/^(!?)(\w+)\((.*)\)$/);
      const holds = () => {
        if (text === 'true') return true;
        const [, not, name, list] = parts;
        if (!names.includes(name)) throw new Error(`unknown condition ${name}`);
        const values = JSON.parse(`[${list.replaceAll("'", '"')}]`);
        return bench.conditions[name](...values) !== (not === '!');
      };
      return new Promise((resolve) => {
        let start;
        const finish = (took) => {
          observer.disconnect();
          removeEventListener('focusin', check, true);
          clearTimeout(late);
          resolve(took);
        };
        const check = () => {
          if (start === undefined || !holds()) return;
          observer.disconnect();
          removeEventListener('focusin', check, true);
          requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => finish(performance.now() - start);
            after.port2.postMessage(0);
          });
        };
        const late = setTimeout(() => finish(-1), 10_000);
        const observer = new MutationObserver(check);
        observer.observe(document, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        addEventListener('focusin', check, true);
        addEventListener(
          'keydown',
          (event) => {
            start = event.timeStamp;
            // The condition may hold without any change of the page.
            setTimeout(check, 0);
          },
          { capture: true, once: true },
        );
      });
    },
  };
  globalThis.bench = bench;
}
