// Part of the service worker: shows what the desk pushes, unless a tab is looked at.
self.addEventListener('push', (event) => {
  let news = {};
  try {
    news = event.data?.json() ?? {};
  } catch {
    // What is not ours is shown without words.
  }
  const show = async () => {
    const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (windows.some((one) => one.visibilityState === 'visible')) return;
    await self.registration.showNotification(String(news.title ?? 'Fixdesk'), {
      body: String(news.body ?? ''),
      tag: String(news.tag ?? 'fixdesk'),
      lang: String(news.lang ?? ''),
      renotify: true,
      icon: '/icons/icon-192.png',
      data: { path: String(news.path ?? '/notifications') },
    });
  };
  event.waitUntil(show());
});
