import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import { WARDS } from "../../widget/views/pickers.ts";
import type { IroiroFamily } from "../element.ts";
import type { Card, Family } from "../types.ts";
import { fields, today } from "./forms.ts";

export function consentView(ui: IroiroFamily): TemplateResult {
  const { t } = ui;
  return html`<div class="stack consent">
    <h3>${t("consent_title")}</h3>
    <ul class="points">
      <li>${t("consent_kept")}</li>
      <li>${t("consent_seen")}</li>
      <li>${t("consent_delete")}</li>
    </ul>
    <button class="button primary" @click=${() => void agree(ui)}>${t("agree")}</button>
    <button class="button" @click=${() => ui.host.close()}>${t("no_thanks")}</button>
  </div>`;
}

async function agree(ui: IroiroFamily): Promise<void> {
  const done = await ui.run(async () => {
    await ui.api.post("/agree", { agree: true });
    ui.data = await ui.api.get<Family>("");
  });
  if (done) ui.go("add");
}

export function homeView(ui: IroiroFamily, data: Family): TemplateResult {
  const { t } = ui;
  return html`<div class="stack">
    ${data.cards.map(
      (card) => html`<button class="tile" @click=${() => ui.go("card", card.id)}>
        <strong>${ui.nameOf(card)}</strong>
        <span>${ageOf(ui, card)}</span>
        ${card.role === "owner" ? nothing : html`<span class="badge">${t("shared_card")}</span>`}
        <span class="soft">${nextOf(ui, card)}</span>
      </button>`,
    )}
    <button class="button primary" @click=${() => ui.go("add")}>${t("add")}</button>
    <button class="button" @click=${() => ui.go("join")}>${t("join")}</button>
    <button class="button" @click=${() => ui.go("settings")}>${icons.bell()}${t("settings")}</button>
  </div>`;
}

export function ageOf(ui: IroiroFamily, card: Card): string {
  const { age, pregnancy } = card.plan;
  if (pregnancy) return ui.t("week", { week: pregnancy.week, day: pregnancy.day });
  return ui.t("age", { years: age?.years ?? 0, months: age?.months ?? 0 });
}

/** "Next: 1 December: BCG Dose 1 / …" in one line. */
export function nextOf(ui: IroiroFamily, card: Card): string {
  const { next } = card.plan;
  if (!next) return ui.t("plan_nothing_now");
  const names = [...next.doses.map((d) => `${ui.vaccine(d.vaccine)} ${ui.dose(d.dose)}`), ...next.checkups.map((id) => ui.checkup(id))];
  return ui.t("plan_next", { date: ui.day(next.date), vaccines: names.join(" / ") });
}

export function addView(ui: IroiroFamily, card: Card | null): TemplateResult {
  const { t } = ui;
  const pregnancy = card?.kind === "pregnancy";
  const born = ui.birthdate && ui.birthdate > today() ? "" : ui.birthdate || "";
  return html`<form class="stack" @submit=${(event: SubmitEvent) => void save(ui, card, fields(event))}>
    ${card
      ? nothing
      : html`<fieldset class="pair">
          <legend class="hidden">${t("add")}</legend>
          <label><input type="radio" name="kind" value="child" checked />${t("add_child")}</label>
          <label><input type="radio" name="kind" value="pregnancy" ?checked=${Boolean(ui.birthdate && !born)} />${t("add_pregnancy")}</label>
        </fieldset>`}
    ${pregnancy
      ? html`<label>${t("due_date")}<input type="date" name="due_date" required .value=${card.due_date ?? ""} /></label>`
      : html`<label class="of-child">${t("birthdate")}<input type="date" name="birthdate" max=${today()} .value=${card?.birthdate ?? born} /></label>`}
    ${card ? nothing : html`<label class="of-pregnancy">${t("due_date")}<input type="date" name="due_date" min=${today()} .value=${born ? "" : ui.birthdate || ""} /></label>`}
    <label
      >${t("ward")}<select name="ward">
        <option value="">${t("ward_none")}</option>
        ${WARDS.map((ward) => html`<option value=${ward} ?selected=${card?.ward === ward}>${ui.host.t(`ward_${ward}`)}</option>`)}
      </select></label
    >
    <label>${t("name")}<input name="name" maxlength="30" autocomplete="off" .value=${card?.name ?? ""} /></label>
    ${pregnancy
      ? nothing
      : html`<label class="of-child"
          >${t("sex")}<select name="sex">
            ${["", "female", "male"].map((sex) => html`<option value=${sex} ?selected=${(card?.sex ?? "") === sex}>${t(`sex_${sex || "none"}`)}</option>`)}
          </select></label
        >`}
    ${pregnancy
      ? html`<details>
          <summary>${t("born")}</summary>
          <label>${t("birthdate")}<input type="date" name="birthdate" max=${today()} /></label>
        </details>`
      : nothing}
    <button class="button primary">${t("save")}</button>
    <button type="button" class="button" @click=${() => ui.go(card ? "card" : "home")}>${t("cancel")}</button>
  </form>`;
}

async function save(ui: IroiroFamily, card: Card | null, given: Record<string, string>): Promise<void> {
  const { kind, birthdate, due_date, ...rest } = given;
  const pregnancy = card ? card.kind === "pregnancy" : kind === "pregnancy";
  const days = pregnancy ? { due_date, ...(birthdate ? { birthdate } : {}) } : { birthdate };
  if (!card && pregnancy) delete (days as Record<string, string>)["birthdate"];
  const done = await ui.run(async () => {
    const saved = await ui.api.post<Card>(card ? `/cards/${card.id}` : "/cards", { ...days, ...rest });
    ui.take(saved);
    ui.birthdate = "";
    ui.cardId = saved.id;
  });
  if (done) ui.go("card", ui.cardId);
}

export function joinView(ui: IroiroFamily): TemplateResult {
  const { t } = ui;
  return html`<form class="stack" @submit=${(event: SubmitEvent) => void join(ui, fields(event)["code"] ?? "")}>
    <label>${t("join")}<input name="code" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" /></label>
    <button class="button primary">${t("save")}</button>
    <button type="button" class="button" @click=${() => ui.go("home")}>${t("cancel")}</button>
  </form>`;
}

async function join(ui: IroiroFamily, code: string): Promise<void> {
  const done = await ui.run(async () => {
    const card = await ui.api.post<Card>("/join", { code });
    ui.take(card);
    ui.cardId = card.id;
  });
  if (done) ui.go("card", ui.cardId);
}
