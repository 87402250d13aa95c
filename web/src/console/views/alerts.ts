import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroConsole } from "../element.ts";
import { levelBadge } from "./badges.ts";

const ORDER = ["imminent", "high", "concern", "none"];

/** The most urgent alert stays in sight, and sounds, until somebody acknowledges or claims it; then the next. */
export function alertsView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const [first, ...rest] = [...desk.state.alerts].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
  return html`<div class="alerts" role="alert">
    ${first
      ? html`<div class="alert ${first.level}">
          ${icons.bell()}
          <p>
            ${levelBadge(ui, first.level)} <b>${t(`category_${first.category}`)}</b> <span>${t("new_case")}</span>
            ${rest.length > 0 ? html`<b>${t("more_alerts", { n: rest.length })}</b>` : nothing}
          </p>
          <button class="button primary" @click=${() => ui.openCase(first.case_id)}>${t("open")}</button>
          <button class="button" @click=${() => void desk.acknowledge(first.case_id)}>${t("acknowledge")} <kbd>a</kbd></button>
        </div>`
      : nothing}
    ${ui.settings.sound && !desk.alarm.allowed && first ? html`<p class="alert-hint">${t("sound_press")}</p>` : nothing}
  </div>`;
}
