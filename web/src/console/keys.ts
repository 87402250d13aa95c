import type { IroiroConsole } from "./element.ts";
import { mine } from "./state.ts";
import type { Case } from "./types.ts";

export interface Shortcut {
  key: string;
  /** Key of the words that say what it does. */
  does: string;
  /** Only with a case open. */
  inCase?: boolean;
  run: (ui: IroiroConsole) => void;
}

const current = (ui: IroiroConsole): Case | undefined => (ui.desk.open ? ui.desk.state.cases.get(ui.desk.open) : undefined);
const held = (ui: IroiroConsole): boolean => current(ui)?.assignee?.id === ui.desk.me?.id;

/** Single keys, off while one writes and switchable off altogether; listed with "?". */
export const SHORTCUTS: readonly Shortcut[] = [
  { key: "n", does: "take_next", run: (ui) => void ui.takeNext() },
  { key: "j", does: "key_down", run: (ui) => move(ui, 1) },
  { key: "k", does: "key_up", run: (ui) => move(ui, -1) },
  { key: "a", does: "acknowledge", run: (ui) => ui.renderRoot.querySelector<HTMLElement>(".alert .button:not(.primary)")?.click() },
  { key: "c", does: "claim", inCase: true, run: (ui) => current(ui)?.state === "waiting" && void ui.desk.claim(ui.desk.open!) },
  { key: "r", does: "key_reply", inCase: true, run: (ui) => ui.focusOn("#reply") },
  { key: "w", does: "panel_why", inCase: true, run: (ui) => ui.showPanel("why") },
  { key: "p", does: "panel_phrases", inCase: true, run: (ui) => ui.showPanel("phrases") },
  { key: "h", does: "panel_hotlines", inCase: true, run: (ui) => ui.showPanel("hotlines") },
  { key: "o", does: "panel_notes", inCase: true, run: (ui) => ui.showPanel("notes") },
  { key: "l", does: "translate_show", inCase: true, run: (ui) => ui.translating.usable(current(ui)) && ui.translating.toggle(ui.desk.open!) },
  { key: "t", does: "transfer", inCase: true, run: (ui) => held(ui) && ui.openDialog("transfer") },
  { key: "u", does: "release", inCase: true, run: (ui) => held(ui) && void ui.desk.release(ui.desk.open!) },
  { key: "e", does: "resolve", inCase: true, run: (ui) => held(ui) && ui.openDialog("resolve") },
  { key: "x", does: "key_back", inCase: true, run: (ui) => ui.closeCase() },
  { key: "s", does: "sound_test", run: (ui) => void ui.desk.alarm.allow().then(() => ui.desk.alarm.ring(false)) },
  { key: "?", does: "shortcuts", run: (ui) => ui.openDialog("help") },
];

export function onKey(ui: IroiroConsole, event: KeyboardEvent): void {
  if (!ui.desk.me || ui.dialog || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement && target.closest("input, textarea, select")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (event.key === "Escape" && ui.panelOpen) {
    ui.panelOpen = false;
    ui.requestUpdate();
    return;
  }
  if (!ui.settings.shortcuts && event.key !== "?") return;
  if (/^[1-9]$/.test(event.key)) {
    const own = mine(ui.desk.state, ui.desk.me)[Number(event.key) - 1];
    if (own) ui.openCase(own.id);
    return;
  }
  const shortcut = SHORTCUTS.find((s) => s.key === event.key && (!s.inCase || ui.desk.open));
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run(ui);
}

/** Moves the focus along the cases of the list, in the order they are shown. */
function move(ui: IroiroConsole, step: number): void {
  const links = [...ui.renderRoot.querySelectorAll<HTMLElement>(".list a.case")];
  const at = links.indexOf(ui.shadowRoot!.activeElement as HTMLElement);
  const from = at >= 0 ? at : links.findIndex((link) => link.getAttribute("aria-current") === "true");
  links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus();
}
