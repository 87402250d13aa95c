import { html, nothing, type TemplateResult } from "lit";
import { WARDS } from "../../widget/views/pickers.ts";
import type { IroiroFamily } from "../element.ts";
import { pushPossible, subscribe, unsubscribe } from "../push.ts";
import type { Family, Settings } from "../types.ts";
import { sureView } from "./forms.ts";
import { copy } from "./share.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function settingsView(ui: IroiroFamily, data: Family): TemplateResult {
  const { t } = ui;
  const s = data.settings;
  const on = s.reminders || s.notices;
  return html`<div class="stack">
    ${switchView(ui, "reminders", s.reminders, { reminders: !s.reminders })}
    <p class="soft">${t("reminders_about")}</p>
    ${s.reminders ? html`${listView(ui, "hour", HOURS.slice(8, 21), s.hour, (n) => `${n}:00`)} ${listView(ui, "per_month", [1, 2, 3, 4], s.per_month, String)}` : nothing}
    ${switchView(ui, "notices", s.notices, { notices: !s.notices })}
    ${s.notices
      ? html`<fieldset class="wards">
          <legend>${t("notices_wards")}</legend>
          ${WARDS.map(
            (ward) => html`<label
              ><input
                type="checkbox"
                .checked=${s.wards.includes(ward)}
                @change=${() => void choose(ui, { wards: s.wards.includes(ward) ? s.wards.filter((w) => w !== ward) : [...s.wards, ward] })}
              />${ui.host.t(`ward_${ward}`)}</label
            >`,
          )}
        </fieldset>`
      : nothing}
    ${on
      ? html`<fieldset class="pair">
            <legend>${t("quiet")}</legend>
            ${listView(ui, "quiet_from", HOURS, s.quiet_from, (n) => `${n}:00`)} ${listView(ui, "quiet_until", HOURS, s.quiet_until, (n) => `${n}:00`)}
          </fieldset>
          ${switchView(ui, "neutral", s.mode === "neutral", { mode: s.mode === "neutral" ? "normal" : "neutral" })} ${deviceView(ui, data)}`
      : nothing}
    <h3>${t("calendar")}</h3>
    <p class="soft">${t("calendar_about")}</p>
    ${s.calendar
      ? html`<input readonly aria-label=${t("calendar")} .value=${s.calendar} translate="no" />
          <div class="row">
            <button class="button" @click=${() => void copy(ui, s.calendar ?? "")}>${t("copy")}</button>
            <button class="button" @click=${() => void setCalendar(ui, "/calendar")}>${t("calendar_new")}</button>
            <button class="button" @click=${() => void setCalendar(ui, "/calendar/end")}>${t("calendar_end")}</button>
          </div>`
      : html`<button class="button" @click=${() => void setCalendar(ui, "/calendar")}>${t("calendar_make")}</button>`}
    ${sureView(ui, t("delete_all"), t("delete_sure"), () => void ui.forget())}
  </div>`;
}

function switchView(ui: IroiroFamily, word: string, on: boolean, change: Partial<Settings>): TemplateResult {
  return html`<button class="line" role="switch" aria-checked=${on} @click=${() => void choose(ui, change)}>
    <span>${ui.t(word)}</span><i class="switch" aria-hidden="true"></i>
  </button>`;
}

function listView(ui: IroiroFamily, name: "hour" | "per_month" | "quiet_from" | "quiet_until", values: number[], now: number, shown: (n: number) => string): TemplateResult {
  return html`<label
    >${ui.t(name)}<select @change=${(event: Event) => void choose(ui, { [name]: Number((event.target as HTMLSelectElement).value) })}>
      ${values.map((value) => html`<option value=${value} ?selected=${value === now}>${shown(value)}</option>`)}
    </select></label
  >`;
}

async function choose(ui: IroiroFamily, change: Partial<Settings>): Promise<void> {
  await ui.run(async () => {
    const settings = await ui.api.post<Settings>("/settings", change);
    ui.data = { ...ui.data!, settings };
    ui.said = ui.t("saved");
  });
}

async function setCalendar(ui: IroiroFamily, path: string): Promise<void> {
  await ui.run(async () => {
    ui.data = { ...ui.data!, settings: await ui.api.post<Settings>(path) };
  });
}

function deviceView(ui: IroiroFamily, data: Family): TemplateResult | typeof nothing {
  const { t } = ui;
  if (!pushPossible(ui.host.origin)) return nothing;
  const on = data.settings.devices > 0;
  return html`<button class="button" @click=${() => void (on ? stop(ui) : start(ui))}>${t(on ? "device_off" : "device")}</button>
    ${on ? html`<p class="soft">${t("device_on")}</p>` : nothing}`;
}

async function start(ui: IroiroFamily): Promise<void> {
  await ui.run(async () => {
    const subscription = await subscribe(ui.data!.push_key);
    if (!subscription) {
      ui.problem = ui.t("device_no");
      return;
    }
    await ui.api.post("/push", subscription);
    ui.data = await ui.api.get<Family>("");
  });
}

async function stop(ui: IroiroFamily): Promise<void> {
  await ui.run(async () => {
    const endpoint = await unsubscribe();
    if (endpoint) await ui.api.post("/push/remove", { endpoint });
    ui.data = await ui.api.get<Family>("");
  });
}
