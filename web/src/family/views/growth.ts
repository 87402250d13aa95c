import { html, nothing, type TemplateResult } from "lit";
import type { IroiroFamily } from "../element.ts";
import type { Card } from "../types.ts";
import { undoView } from "./card.ts";
import { dayField, fields } from "./forms.ts";

export function growthView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  const { unit } = ui.options!.measures.find((m) => m.id === ui.measure)!;
  const mine = (card.measurements ?? []).filter((m) => m.measure === ui.measure).sort((a, b) => (a.on < b.on ? 1 : -1));
  const measure = t(`growth_${ui.measure}`);
  return html`
    <div class="tabs" role="group" aria-label=${t("growth_kind")}>
      ${ui.options!.measures.map(
        (m) => html`<button
          class="small"
          aria-pressed=${m.id === ui.measure}
          @click=${() => {
            ui.measure = m.id;
            ui.show("growth");
          }}
        >
          ${t(`growth_${m.id}`)}
        </button>`,
      )}
    </div>
    ${ui.picture(ui.measure, t("picture_of", { measure }))}
    ${card.role === "read"
      ? nothing
      : html`<form
          class="stack"
          @submit=${(event: SubmitEvent) => {
            const { value, on } = fields(event);
            void ui.record({ kind: "measurement", measure: ui.measure, value: Number((value ?? "").replace(",", ".")), on });
          }}
        >
          <label>${t("growth_value", { unit })}<input name="value" inputmode="decimal" required pattern="[0-9]+([.,][0-9]+)?" autocomplete="off" /></label>
          ${dayField(ui, "on", t("day"), card.plan.on, card.birthdate)}
          <button class="button primary">${t("save")}</button>
        </form>`}
    ${askingView(ui)}
    <ul class="list">
      ${mine.map(
        (m) => html`<li>
          <span><strong>${m.value} ${unit}</strong><small>${ui.day(m.on)}</small></span>${card.role === "read" ? nothing : undoView(ui, m.key, `${measure} ${m.value} ${unit}`)}
        </li>`,
      )}
    </ul>
    <p class="soft">${t("growth_note")}</p>
  `;
}

function askingView(ui: IroiroFamily): TemplateResult | typeof nothing {
  const { asking, t } = ui;
  if (!asking) return nothing;
  return html`<div class="ask" role="alert">
    <p>${asking.question}</p>
    <button class="button primary" @click=${asking.again}>${t("yes_right")}</button>
    <button
      class="button"
      @click=${() => {
        ui.asking = null;
        ui.requestUpdate();
        ui.renderRoot.querySelector<HTMLElement>("input[name=value]")?.focus();
      }}
    >
      ${t("no_correct")}
    </button>
  </div>`;
}

export function weightView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  const known = card.band != null;
  return html`
    ${known ? ui.picture("pregnancy", t("pregnancy_weight_title")) : html`<p>${t("weight_first")}</p>`}
    ${known || card.role !== "owner"
      ? nothing
      : html`<form
          class="stack"
          @submit=${(event: SubmitEvent) => {
            const { height, weight } = fields(event);
            void ui.run(async () => ui.take(await ui.api.post<Card>(`/cards/${card.id}`, { height_cm: Number(height), weight_kg: Number(weight) })));
          }}
        >
          <label>${t("height")}<input name="height" type="number" min="100" max="220" step="0.1" required /></label>
          <label>${t("weight_before")}<input name="weight" type="number" min="25" max="250" step="0.1" required /></label>
          <button class="button primary">${t("save")}</button>
        </form>`}
    ${card.role === "read"
      ? nothing
      : html`<form
          class="stack"
          @submit=${(event: SubmitEvent) => {
            const { value, on } = fields(event);
            void ui.record({ kind: "weight", value: Number((value ?? "").replace(",", ".")), on });
          }}
        >
          <label>${t("weight_now")}<input name="value" inputmode="decimal" required pattern="[0-9]+([.,][0-9]+)?" autocomplete="off" /></label>
          ${dayField(ui, "on", t("day"), card.plan.on)}
          <button class="button primary">${t("save")}</button>
        </form>`}
    <ul class="list">
      ${(card.weights ?? []).map((w) => html`<li><span><strong>${w.kg} kg</strong><small>${ui.day(w.on)}</small></span>${card.role === "read" ? nothing : undoView(ui, w.key, `${w.kg} kg`)}</li>`)}
    </ul>
    <p class="soft">${t("pregnancy_weight_note")}</p>
  `;
}

export function milestonesView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  const kept = [...(card.milestones ?? [])].sort((a, b) => (a.on < b.on ? 1 : -1));
  return html`
    ${card.role === "read"
      ? nothing
      : html`<form
          class="stack"
          @submit=${(event: SubmitEvent) => {
            const { milestone, on, note } = fields(event);
            void ui.record({ kind: "milestone", milestone, on, note });
          }}
        >
          <label>${t("milestone")}<select name="milestone">${ui.options!.milestones.map((id) => html`<option value=${id}>${t(`milestone_${id}`)}</option>`)}</select></label>
          ${dayField(ui, "on", t("day"), card.plan.on, card.birthdate)}
          <label>${t("note")}<input name="note" maxlength="80" autocomplete="off" /></label>
          <button class="button primary">${t("save")}</button>
        </form>`}
    <ul class="list milestones">
      ${kept.map(
        (m) => html`<li>
          <span><strong>${t(`milestone_${m.milestone}`)}</strong><small>${ui.day(m.on)}${m.note ? html` · ${m.note}` : nothing}</small></span>
          ${card.role === "read" ? nothing : undoView(ui, m.key, t(`milestone_${m.milestone}`))}
        </li>`,
      )}
    </ul>
  `;
}
