import { html, type TemplateResult } from "lit";
import type { IroiroFamily } from "../element.ts";

/** The fields of a form that were filled in. */
export function fields(event: SubmitEvent): Record<string, string> {
  event.preventDefault();
  const found: Record<string, string> = {};
  for (const [name, value] of new FormData(event.target as HTMLFormElement)) found[name] = String(value).trim();
  return found;
}

/** Today in the city, as ISO date. */
export function today(): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo" }).format(new Date());
}

export function dayField(ui: IroiroFamily, name: string, label: string, value: string, min = ""): TemplateResult {
  return html`<label>${label}<input type="date" name=${name} required .value=${value} max=${ui.card?.plan.on ?? today()} min=${min} /></label>`;
}

/** A question with yes and no before something that cannot be undone. */
export function sureView(ui: IroiroFamily, label: string, question: string, yes: () => void): TemplateResult {
  return html`<details class="sure">
    <summary class="button">${label}</summary>
    <p>${question}</p>
    <button class="button urgent" @click=${yes}>${ui.t("delete_yes")}</button>
  </details>`;
}
