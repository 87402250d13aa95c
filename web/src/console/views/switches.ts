import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { type Switch, SWITCH_ROLES } from "../switches.ts";

/** The kill switch: one card for everything and one a channel. A reason is asked for before anything changes. */
export function switchesView(ui: IroiroConsole): TemplateResult {
  const { t, switchBoard } = ui;
  return html`<main class="page">
    <h1>${t("page_switches")}</h1>
    <p class="soft">${t("switches_about")}</p>
    <p class="error" role="alert">${switchBoard.problem}</p>
    ${switchBoard.switches.map((one) => switchView(ui, one))}
  </main>`;
}

function switchView(ui: IroiroConsole, one: Switch): TemplateResult {
  const { t } = ui;
  const may = SWITCH_ROLES.includes(ui.desk.me!.role);
  return html`<form class="card stack" data-scope=${one.scope} @submit=${(event: SubmitEvent) => void turn(ui, one, event)}>
    <h2>${t(`switch_${one.scope}`)}: ${t(one.off ? "switch_is_off" : "switch_is_on")}</h2>
    ${one.at ? html`<p class="soft">${t("switch_changed", { name: one.by ?? "", at: new Date(one.at).toLocaleString(ui.settings.language), reason: one.reason })}</p>` : nothing}
    ${may
      ? html`<label>${t("switch_reason")}<input name="reason" required maxlength="300" autocomplete="off" /></label>
          <div class="row"><button class="button ${one.off ? "primary" : "danger"}">${t(one.off ? "switch_turn_on" : "switch_turn_off")}</button></div>`
      : nothing}
  </form>`;
}

async function turn(ui: IroiroConsole, one: Switch, event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const done = await ui.switchBoard.turn(one.scope, !one.off, String(new FormData(form).get("reason") ?? ""));
  if (done) form.reset();
}

/** One line at the top of every page while something is off. */
export function switchedOffView(ui: IroiroConsole): TemplateResult | typeof nothing {
  const { t, switchBoard } = ui;
  if (!switchBoard.anyOff) return nothing;
  const names = switchBoard.switches.filter((s) => s.off).map((s) => t(`switch_${s.scope}`));
  return html`<p class="bar-note" role="status">${t("switched_off", { names: names.join(", ") })} <a href="#switches">${t("page_switches")}</a></p>`;
}
