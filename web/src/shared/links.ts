/** Only these leave the page: https pages and telephone numbers. Anything else a message carries stays text. */
export function safeLink(url: string | null | undefined): string | null {
  if (!url) return null;
  try {
    return new URL(url).protocol === "https:" ? url : null;
  } catch {
    return null;
  }
}

/** `tel:` address of a phone number ("044-200-1111", "tel:110", "#7119"), or null when it is none. */
export function safeTel(phone: string | null | undefined): string | null {
  const digits = (phone ?? "").replace(/^tel:/, "").replace(/[^\d+#*]/g, "");
  return /^\+?[\d#*]{2,18}$/.test(digits) ? `tel:${digits.replace(/#/g, "%23")}` : null;
}

/** Pictures come from our own gateway (root-relative) or inline as data; `origin` is prefixed to the former. */
export function safeImage(url: string, origin: string): string | null {
  if (/^data:image\/(png|jpeg|webp|svg\+xml)[;,]/.test(url)) return url;
  return /^\/(?!\/)/.test(url) ? origin + url : null;
}
