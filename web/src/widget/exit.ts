/** Where the page goes after a quick exit: a public weather page nobody wonders about. */
export const NEUTRAL_URL = "https://www.jma.go.jp/bosai/forecast/";
const NEUTRAL_ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

/** Makes the whole page blank at once, before anything slow is tried; also takes the title and the icon away. */
export function blank(neutralTitle: string): void {
  document.documentElement.style.setProperty("display", "none", "important");
  document.title = neutralTitle;
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel~='icon']")) link.href = NEUTRAL_ICON;
}

/**
 * Quick exit: blank first, then forget, then leave. The entry in the tab's history is replaced, so "back" does not
 * return here. Forgetting may not hold up leaving for longer than `patienceMs`.
 */
export async function quickExit(options: { title: string; url: string; erase: () => Promise<void>; patienceMs?: number }): Promise<void> {
  blank(options.title);
  const patience = new Promise<void>((done) => setTimeout(done, options.patienceMs ?? 500));
  await Promise.race([options.erase().catch(() => undefined), patience]);
  leave(options.url);
}

/** In a frame the whole page leaves, not only the frame; where that is forbidden, the frame does. */
function leave(url: string): void {
  try {
    (window.top ?? window).location.replace(url);
  } catch {
    window.location.replace(url);
  }
}

/** Calls `act` when Shift alone is pressed three times within `withinMs`; Shift for a capital letter does not count. */
export class TripleShift {
  private presses: number[] = [];
  private clean = false;
  private readonly act: () => void;
  private readonly withinMs: number;

  constructor(act: () => void, withinMs = 1_500) {
    this.act = act;
    this.withinMs = withinMs;
  }

  readonly onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Shift") {
      if (!event.repeat) this.clean = !event.ctrlKey && !event.altKey && !event.metaKey;
      return;
    }
    this.clean = false;
    this.presses = [];
  };

  readonly onKeyUp = (event: KeyboardEvent): void => {
    if (event.key !== "Shift" || !this.clean) return;
    this.clean = false;
    this.presses = [...this.presses.filter((at) => event.timeStamp - at <= this.withinMs), event.timeStamp];
    if (this.presses.length >= 3) {
      this.presses = [];
      this.act();
    }
  };
}
