/** Web push exists only on the service's own pages: a page of somebody else's must not be made to carry our worker. */
export function pushPossible(origin: string): boolean {
  return origin === location.origin && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** Asks for permission and subscribes this browser; null when it is not given. */
export async function subscribe(key: string): Promise<PushSubscriptionJSON | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  await navigator.serviceWorker.register("/push-worker.js");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return subscription.toJSON();
}

/** Ends the subscription of this browser; its address, if there was one. */
export async function unsubscribe(): Promise<string | null> {
  const registration = await navigator.serviceWorker.getRegistration("/push-worker.js");
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  await registration?.unregister();
  return subscription?.endpoint ?? null;
}
