import { html, nothing, type TemplateResult } from "lit";
import type { IroiroChat } from "../element.ts";
import { hotlinesView } from "./hotlines.ts";

/** Beside the talk on a wide screen: numbers to call, always in sight. */
export function asideView(ui: IroiroChat): TemplateResult | typeof nothing {
  const { hotlines } = ui.chat!;
  if (!hotlines) return nothing;
  return html`<aside class="aside" aria-label=${ui.t("hotlines_button")}>
    ${hotlinesView(ui, { urgent: hotlines.urgent, items: hotlines.items.slice(0, 4) })}
    <p class="hint">${ui.t("exit_hint")}</p>
  </aside>`;
}
