import { html, nothing, type TemplateResult } from "lit";
import type { IroiroFamily } from "../element.ts";
import type { Card, Entry } from "../types.ts";
import { dayField, fields, sureView } from "./forms.ts";
import { growthView, milestonesView, weightView } from "./growth.ts";
import { ageOf, nextOf } from "./home.ts";
import { shareView } from "./share.ts";

export type Tab = "plan" | "growth" | "milestones" | "share";

const OPEN = ["due", "available", "upcoming", "check"];
/** Doses offered for marking: those of today and the near future; the picture shows the rest. */
const SHOWN = 8;

export function cardView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  const tabs: [Tab, string][] = [["plan", "timeline"], ["growth", card.kind === "child" ? "growth" : "growth_weight"]];
  if (card.kind === "child") tabs.push(["milestones", "milestones"]);
  if (card.role === "owner") tabs.push(["share", "sharing"]);
  return html`<div class="stack">
    <p class="soft">${ageOf(ui, card)}${card.role === "owner" ? nothing : html` · ${t("shared_card")}`}</p>
    <div class="tabs" role="group" aria-label=${ui.nameOf(card)}>
      ${tabs.map(([tab, word]) => html`<button class="small" aria-pressed=${tab === ui.tab} @click=${() => ui.show(tab)}>${t(word)}</button>`)}
    </div>
    ${ui.tab === "growth"
      ? card.kind === "child"
        ? growthView(ui, card)
        : weightView(ui, card)
      : ui.tab === "milestones"
        ? milestonesView(ui, card)
        : ui.tab === "share"
          ? shareView(ui, card)
          : planView(ui, card)}
    <div class="row foot">
      ${card.role === "owner"
        ? html`<button class="button" @click=${() => ui.go("edit")}>${t("edit")}</button> ${sureView(ui, t("delete_card"), t("delete_sure"), () => void remove(ui, card, "delete"))}`
        : html`<button class="button" @click=${() => void remove(ui, card, "leave")}>${t("leave")}</button>`}
    </div>
  </div>`;
}

async function remove(ui: IroiroFamily, card: Card, how: "delete" | "leave"): Promise<void> {
  const done = await ui.run(() => ui.api.post(`/cards/${card.id}/${how}`));
  if (!done) return;
  ui.drop(card.id);
  ui.go("home");
  if (how === "delete") ui.said = ui.t("deleted");
}

function planView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  const open = card.plan.immunisation.filter((e) => OPEN.includes(e.status) && e.best);
  open.sort((a, b) => (a.best! < b.best! ? -1 : 1));
  const office = card.plan.schedule.confirm_with;
  const writes = card.role !== "read";
  return html`
    <p class="next"><strong>${nextOf(ui, card)}</strong></p>
    ${card.kind === "child" ? ui.picture("timeline", t("timeline_description", { name: ui.nameOf(card), count: open.length })) : nothing}
    <h3>${t("doses")}</h3>
    <ul class="list">
      ${open.slice(0, SHOWN).map((entry) => doseView(ui, entry, writes))}
    </ul>
    ${writes ? otherDoseView(ui, card) : nothing}
    <h3>${t("checkups")}</h3>
    <ul class="list">
      ${card.plan.checkups
        .filter((c) => c.about || ["due", "upcoming", "ask"].includes(c.status ?? ""))
        .slice(0, 6)
        .map(
          (c) => html`<li>
            <span><strong>${ui.checkup(c.id)}</strong><small>${t("checkup_about", { date: ui.day(c.about ?? c.from ?? card.plan.on) })}</small></span>
            ${card.kind === "child" && writes && (c.status === "due" || c.status === "ask")
              ? html`<button class="button" @click=${() => void ui.record({ kind: "checkup", checkup: c.id })}>${t("checkup_status_done")}</button>`
              : nothing}
          </li>`,
        )}
    </ul>
    ${doneView(ui, card, writes)}
    <p class="soft">${t("confirm_office", { office: office.ja ?? "", phone: office.phone ?? "" })}</p>
  `;
}

function doseView(ui: IroiroFamily, entry: Entry, writes: boolean): TemplateResult {
  const { t } = ui;
  const what = `${ui.vaccine(entry.vaccine)} ${ui.dose(entry.dose)}`;
  const status = entry.overdue ? "overdue" : entry.status;
  return html`<li>
    <span>
      <strong>${what}</strong>
      <small><span class="badge ${status}">${t(`status_${status}`)}</span> ${ui.day(entry.best!)}${entry.latest ? html` · ${t("checkup_until", { date: ui.day(entry.latest) })}` : nothing}</small>
    </span>
    ${writes && entry.status !== "upcoming"
      ? html`<details class="mark">
          <summary class="button" aria-label=${t("mark_name", { what })}>${t("mark")}</summary>
          <form @submit=${(event: SubmitEvent) => void ui.record({ kind: "dose", vaccine: entry.vaccine, on: fields(event)["on"] })}>
            ${dayField(ui, "on", t("mark_on"), ui.card?.plan.on ?? "", ui.card?.birthdate)}
            <button class="button primary">${t("save")}</button>
          </form>
        </details>`
      : nothing}
  </li>`;
}

function otherDoseView(ui: IroiroFamily, card: Card): TemplateResult {
  const { t } = ui;
  return html`<details class="other">
    <summary class="button">${t("other_dose")}</summary>
    <form
      class="stack"
      @submit=${(event: SubmitEvent) => {
        const { vaccine, on } = fields(event);
        void ui.record({ kind: "dose", vaccine, on });
      }}
    >
      <label>${t("vaccine")}<select name="vaccine">${ui.options!.vaccines.map((id) => html`<option value=${id}>${ui.vaccine(id)}</option>`)}</select></label>
      ${dayField(ui, "on", t("mark_on"), card.plan.on, card.birthdate)}
      <button class="button primary">${t("save")}</button>
    </form>
  </details>`;
}

function doneView(ui: IroiroFamily, card: Card, writes: boolean): TemplateResult | typeof nothing {
  const { t } = ui;
  const done = [
    ...card.doses.map((d) => ({ key: d.key, what: ui.vaccine(d.vaccine), on: d.date })),
    ...(card.checkups ?? []).map((c) => ({ key: c.key, what: ui.checkup(c.checkup), on: c.on })),
  ].sort((a, b) => (a.on < b.on ? 1 : -1));
  if (done.length === 0) return nothing;
  return html`<h3>${t("done_list")}</h3>
    <ul class="list">
      ${done.map((item) => html`<li><span><strong>${item.what}</strong><small>${ui.day(item.on)}</small></span>${writes ? undoView(ui, item.key, item.what) : nothing}</li>`)}
    </ul>`;
}

export function undoView(ui: IroiroFamily, key: string, what: string): TemplateResult {
  return html`<button class="button quiet" aria-label=${ui.t("undo_name", { what })} @click=${() => void ui.unrecord(key)}>${ui.t("undo")}</button>`;
}
