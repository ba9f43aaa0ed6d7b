import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-dev-shm-usage'] });
for (const [name, width, height] of [['wide',1280,800],['phone',360,740]]) {
  const c = await b.newContext({ baseURL:'http://127.0.0.1:8120', locale:'en-GB', reducedMotion:'reduce', viewport:{width,height} });
  await c.addInitScript(()=>localStorage.setItem('fixdesk.tour','off'));
  const p = await c.newPage();
  await p.goto('/sign-in');
  await p.getByLabel('User name or e-mail').fill('employee');
  await p.getByRole('textbox',{name:'Password'}).fill('zsew-dkgy-nvrn-icmb');
  await p.getByRole('button',{name:'Sign in'}).click();
  await p.getByRole('heading',{level:1}).waitFor();
  await p.waitForTimeout(1500);
  await p.screenshot({path:`/tmp/offline/e-home-${name}.png`});
  await p.goto('/tickets'); await p.getByRole('heading',{level:1}).waitFor(); await p.waitForTimeout(1200);
  await p.screenshot({path:`/tmp/offline/e-list-${name}.png`});
  const link = p.locator('main a[href^="/tickets/"]').filter({hasNotText:'New ticket'}).first();
  await link.click(); await p.waitForTimeout(1500);
  await p.screenshot({path:`/tmp/offline/e-ticket-${name}.png`});
  await p.goto('/tickets/new'); await p.waitForTimeout(800);
  await p.getByLabel('What is wrong?').fill('my laptop is slow'); await p.waitForTimeout(1500);
  await p.screenshot({path:`/tmp/offline/e-new-${name}.png`});
  await p.goto('/profile'); await p.waitForTimeout(1200);
  await p.screenshot({path:`/tmp/offline/e-profile-${name}.png`, fullPage:true});
  await p.evaluate(()=>localStorage.removeItem('fixdesk.tour'));
  await c.close();
}
await b.close();
