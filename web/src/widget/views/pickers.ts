import { html, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { Picker } from "../../shared/types.ts";
import type { IroiroChat } from "../element.ts";

export const WARDS = ["kawasaki", "saiwai", "nakahara", "takatsu", "miyamae", "tama", "asao"] as const;
const OLDEST = 18;

/** Ward, age, date or place by a tap; the pick is sent as an ordinary message in the resident's words. */
export function pickerView(ui: IroiroChat, picker: Picker): TemplateResult {
  const { t } = ui;
  switch (picker) {
    case "ward":
      return html`<div class="picks" role="group" aria-label=${t("pick_ward")}>
        <p>${t("pick_ward")}</p>
        ${WARDS.map((ward) => html`<button class="choice" @click=${() => ui.sendPick(t(`ward_${ward}`))}>${t(`ward_${ward}`)}</button>`)}
      </div>`;
    case "age":
      return html`<div class="picks" role="group" aria-label=${t("pick_age")}>
        <p>${t("pick_age")}</p>
        ${Array.from({ length: OLDEST + 1 }, (_, n) => n).map(
          (n) => html`<button class="choice age" aria-label=${t("age_years", { n })} @click=${() => ui.sendPick(t("age_years", { n }))}>${n}</button>`,
        )}
      </div>`;
    case "date":
      return html`<form
        class="picks"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          const date = String(new FormData(event.target as HTMLFormElement).get("date") ?? "");
          if (date) ui.sendPick(date);
        }}
      >
        <label>${t("pick_date")}<input type="date" name="date" required /></label>
        <button class="button primary">${t("send")}</button>
      </form>`;
    case "location":
      return html`<div class="picks">
        <p>${t("location_why")}</p>
        <button class="button primary" @click=${() => ui.sendLocation()}>${icons.pin()}${t("location_send")}</button>
      </div>`;
  }
}
