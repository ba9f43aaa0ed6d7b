import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys } from './desk.ts';

interface Registration {
  registrationId: string;
}

/** The service worker of the production build, as the tools of developers see it. */
async function worker(page: Page): Promise<{ tools: CDPSession; registrationId: string }> {
  const tools = await page.context().newCDPSession(page);
  const found = new Promise<string>((done) => {
    tools.on('ServiceWorker.workerRegistrationUpdated', (event) => {
      const [first] = (event as { registrations: Registration[] }).registrations;
      if (first) done(first.registrationId);
    });
  });
  await tools.send('ServiceWorker.enable');
  return { tools, registrationId: await found };
}

/** What the worker shows just now. */
const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
  });

journeys('A push', (desk) => {
  it('becomes a notification where nobody looks, and a click on it opens the ticket', async () => {
    const { id } = await desk.ticket('Pushed');
    const page = await desk.openAs('it_staff', '/');
    await page.context().grantPermissions(['notifications'], { origin: desk.url });
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const { tools, registrationId } = await worker(page);
    const push = (data: string) =>
      tools.send('ServiceWorker.deliverPushMessage', { origin: desk.url, registrationId, data });
    const news = {
      title: 'A ticket was assigned to you',
      body: `#${id} Pushed`,
      tag: `ticket-${id}`,
      path: `/tickets/${id}`,
      lang: 'en',
    };
    // Whoever looks at the desk sees it there.
    await push(JSON.stringify(news));
    await page.waitForTimeout(700);
    expect(await shown(page)).toEqual([]);

    // Elsewhere it is a notification of the system; more of the same ticket takes its place.
    await page.goto(`${desk.url.replace('127.0.0.1', 'localhost')}/healthz`);
    await push(JSON.stringify(news));
    await push(JSON.stringify({ ...news, title: 'There is a new answer' }));
    await push('no JSON');
    await page.waitForTimeout(700);
    await page.goto('/');
    await expect
      .poll(async () => (await shown(page)).sort((a, b) => a.tag.localeCompare(b.tag)))
      .toEqual([
        // What the desk did not write is shown without words.
        { title: 'Fixdesk', body: '', tag: 'fixdesk', data: { path: '/notifications' } },
        {
          title: 'There is a new answer',
          body: news.body,
          tag: news.tag,
          data: { path: news.path },
        },
      ]);

    // A click, as the system hands it to the worker; to get to the front takes a real one.
    const [handle] = page.context().serviceWorkers();
    if (!handle) throw new Error('no service worker');
    await handle.evaluate(async (tag) => {
      const scope = globalThis as unknown as {
        registration: ServiceWorkerRegistration;
        NotificationEvent: new (type: string, init: unknown) => Event;
        WindowClient: { prototype: { focus: () => Promise<unknown> } };
        dispatchEvent: (event: Event) => boolean;
      };
      scope.WindowClient.prototype.focus = () => Promise.resolve();
      const [notification] = await scope.registration.getNotifications({ tag });
      scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
    }, news.tag);
    await page.getByRole('heading', { level: 1, name: 'Pushed' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/tickets/${id}`);
    expect((await shown(page)).map(({ tag }) => tag)).toEqual(['fixdesk']);
  });
});
