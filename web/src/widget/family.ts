import { html, type TemplateResult } from "lit";
import type { IroiroChat } from "./element.ts";

/** A button of the talk that opens the family screen; the birth date of the plan it stands below, if it has one. */
export const FAMILY_PAYLOAD = /^\/family(?:_keep (\d{4}-\d\d-\d\d))?$/;

/** Loads the screen once. False where the host page's policy does not allow a further script of ours. */
export async function loadFamily(origin: string): Promise<boolean> {
  try {
    await import(/* @vite-ignore */ `${origin}/family.js`);
  } catch {
    return false;
  }
  return customElements.get("iroiro-family") !== undefined;
}

export function familyView(ui: IroiroChat, birthdate: string): TemplateResult {
  const chat = ui.chat!;
  const host = { origin: chat.origin, locale: chat.words.locale, t: ui.t, token: () => chat.token(), close: () => ui.closeFamily() };
  return html`<iroiro-family class="middle" theme=${ui.getAttribute("theme") ?? "auto"} .host=${host} .birthdate=${birthdate}></iroiro-family>`;
}
