/* Shows notifications of the family services and alerts to staff, and opens the page when one is tapped. Keeps nothing. */
self.addEventListener("push", (event) => {
  const { title, body, tag, url, again } = event.data.json();
  const urgent = Boolean(again); // sounds again in place of the one before, and stays until it is answered
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/favicon.svg", renotify: urgent, requireInteraction: urgent, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = event.notification.data?.url;
  const path = url ? new URL(url, self.location.origin).pathname : "/";
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: Boolean(url) }).then((pages) => {
      const open = url ? pages.find((page) => new URL(page.url).pathname === path) : pages[0];
      if (!open) return self.clients.openWindow(url ?? "/#family");
      return open.focus().then((page) => (url ? page.navigate(url).catch(() => self.clients.openWindow(url)) : page));
    }),
  );
});
