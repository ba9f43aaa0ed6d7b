import { pageFunctions } from 'lighthouse/core/lib/page-functions.js';

/** What Lighthouse's documentation calls a laptop of the middle class. */
const target = 1000;

/** How much this machine must be slowed down to be a laptop of the middle class. */
export async function throttle(context) {
  const page = await context.newPage();
  await page.goto('about:blank');
  const indexes = [];
  for (let i = 0; i < 5; i += 1) {
    indexes.push(await page.evaluate(`(${pageFunctions.computeBenchmarkIndex})()`));
  }
  await page.close();
  const index = Math.round(indexes.sort((a, b) => a - b)[2]);
  const rate = Math.max(1, Math.round((index / target) * 10) / 10);
  return {
    index,
    rate,
    target,
    slow: async (one) => {
      const session = await context.newCDPSession(one);
      await session.send('Emulation.setCPUThrottlingRate', { rate });
    },
  };
}
