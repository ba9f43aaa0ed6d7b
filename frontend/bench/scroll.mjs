/** Scrolls through so many rows and tells how long the page was busy at a time. */
export async function measureScroll(page, rows) {
  await page.goto('/tickets');
  await page.locator('[data-row] a').first().waitFor();
  const box = page.locator('[data-row]').first().locator('xpath=ancestor::div[1]');
  const { x, y, width, height } = await box.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.evaluate(() => {
    globalThis.busy = [];
    globalThis.frames = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.busy.push(entry.duration);
    }).observe({ type: 'longtask', buffered: false });
    let last = performance.now();
    const tick = (now) => {
      globalThis.frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const reached = () =>
    page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('[data-row]')].map((row) => Number(row.dataset.index)),
      ),
    );
  const start = Date.now();
  let at = 0;
  while (at < rows && Date.now() - start < 240_000) {
    for (let i = 0; i < 20; i += 1) await page.mouse.wheel(0, 1200);
    at = await reached();
  }
  if (at < rows) throw new Error(`only ${at} of ${rows} rows could be reached`);
  const loading = await take(page);
  for (let i = 0; i < 200; i += 1) await page.mouse.wheel(0, -1600);
  for (let i = 0; i < 200; i += 1) await page.mouse.wheel(0, 1600);
  const loaded = await take(page);

  console.log(
    `| scrolling ${rows.toLocaleString('en')} rows | tasks > 50 ms | > 100 ms | longest, ms | frames | frame p95, ms |`,
  );
  console.log('|---|---:|---:|---:|---:|---:|');
  for (const [name, { busy, frames }] of [
    ['while they load', loading],
    ['when they are loaded', loaded],
  ]) {
    const sorted = frames.sort((a, b) => a - b);
    console.log(
      `| ${name} | ${busy.length} | ${busy.filter((ms) => ms > 100).length} | ${Math.round(Math.max(0, ...busy))} | ` +
        `${frames.length} | ${Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? 0)} |`,
    );
  }
  console.log('');
}

const take = (page) =>
  page.evaluate(() => {
    const { busy, frames } = globalThis;
    globalThis.busy = [];
    globalThis.frames = [];
    return { busy, frames };
  });
