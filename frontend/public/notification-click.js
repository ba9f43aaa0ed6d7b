// Part of the service worker: opens the ticket of a notification that was tapped.
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path = event.notification.data?.path ?? '/';
  // Only paths of this app, whatever a notification holds.
  const url = new URL(path, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (windows) => {
      const open = windows[0];
      if (!open) return self.clients.openWindow(url.href);
      await open.focus();
      return open.navigate(url.href).catch(() => self.clients.openWindow(url.href));
    }),
  );
});
