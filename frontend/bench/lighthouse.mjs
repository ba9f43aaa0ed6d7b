import lighthouse, { desktopConfig } from 'lighthouse';

/** Lighthouse's desktop preset on the pages where people are; prints what it marks down. */
export async function measureLighthouse(url, port, context) {
  const page = await context.newPage();
  await page.goto('/tickets');
  const link = page.locator('[data-row] a').first();
  await link.waitFor();
  const ticket = new URL(await link.getAttribute('href'), url).pathname;
  await page.goto('about:blank');
  console.log(
    '| Lighthouse (desktop) | performance | accessibility | best practices | LCP, ms | TBT, ms | CLS |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const [name, path, signedIn] of [
    ['queue', '/tickets', true],
    ['ticket', ticket, true],
    ['sign-in', '/sign-in', false],
  ]) {
    if (!signedIn) {
      await page.goto(`${url}/favicon.svg`);
      await page.evaluate(() => localStorage.clear());
      await page.goto('about:blank');
      await context.clearCookies();
    }
    const result = await lighthouse(
      url + path,
      {
        port,
        output: 'json',
        logLevel: 'error',
        disableStorageReset: true,
        onlyCategories: ['performance', 'accessibility', 'best-practices'],
      },
      desktopConfig,
    );
    const { categories, audits, finalDisplayedUrl } = result.lhr;
    const score = (id) => Math.round((categories[id].score ?? 0) * 100);
    const value = (id, digits = 0) => (audits[id].numericValue ?? 0).toFixed(digits);
    console.log(
      `| ${name} | ${score('performance')} | ${score('accessibility')} | ${score('best-practices')} | ` +
        `${value('largest-contentful-paint')} | ${value('total-blocking-time')} | ${value('cumulative-layout-shift', 3)} |`,
    );
    console.error(`${name}: ${finalDisplayedUrl}`);
    for (const audit of Object.values(audits)) {
      if (audit.score === null || audit.score >= 0.9) continue;
      console.error(`  ${audit.id}: ${audit.score} ${audit.displayValue ?? ''}`);
      for (const item of (audit.details?.items ?? []).slice(0, 4)) {
        if (item.node) console.error(`    ${item.node.selector}`);
        else if (item.description) console.error(`    ${item.description}`);
      }
    }
  }
  console.log('');
}
