import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroConsole } from "../element.ts";
import { following } from "../follow.ts";
import type { PracticeLine } from "../practice.ts";
import type { Phrase } from "../types.ts";
import { localeName } from "./badges.ts";

/** Practice with a synthetic resident. Every part of it says that it is practice. */
export function practiceView(ui: IroiroConsole): TemplateResult {
  const { t, practice: board } = ui;
  return html`<main class="page practice">
    <h1>${t("page_practice")}</h1>
    <p class="practice-note" role="note"><b>${t("practice_mark")}</b> ${t("practice_text")}</p>
    <p class="error" role="alert">${board.problem}</p>
    ${!board.running ? startView(ui) : board.checklist ? checklistView(ui) : talkView(ui)}
  </main>`;
}

function startView(ui: IroiroConsole): TemplateResult {
  const { t, practice: board, settings } = ui;
  return html`<form
    class="stack"
    @submit=${async (event: SubmitEvent) => {
      event.preventDefault();
      const form = new FormData(event.target as HTMLFormElement);
      if (await board.start(String(form.get("scenario")), String(form.get("locale")))) await focusOn(ui, "#practice-reply");
    }}
  >
    <fieldset>
      <legend>${t("practice_scenario")}</legend>
      ${board.scenarios.map(
        (s, i) => html`<label class="check"
          ><input type="radio" name="scenario" value=${s.id} ?checked=${i === 0} /><span><b>${s.title[settings.language]}</b><br /><span class="soft">${s.situation[settings.language]}</span></span></label
        >`,
      )}
    </fieldset>
    <label>${t("practice_locale")}<select name="locale">${board.locales.map((l) => html`<option value=${l}>${localeName(ui, l)}</option>`)}</select></label>
    <button class="button primary" ?disabled=${board.scenarios.length === 0 || board.busy}>${t("practice_start")}</button>
  </form>`;
}

function talkView(ui: IroiroConsole): TemplateResult {
  const { t, practice: board, settings } = ui;
  const { scenario, locale } = board.running!;
  return html`<h2>${t("practice_mark")}: ${scenario.title[settings.language]} · ${localeName(ui, locale)}</h2>
    <p class="soft">${scenario.situation[settings.language]}</p>
    <div class="log practice-log" role="log" aria-label=${t("messages")} tabindex="0" ${following()}>
      <ol>
        ${board.lines.map((line) => lineView(ui, line, locale))}
      </ol>
    </div>
    <form
      class="stack"
      @submit=${async (event: SubmitEvent) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const text = String(new FormData(form).get("text") ?? "").trim();
        if (text && (await board.say({ text }))) form.reset();
      }}
    >
      <label for="practice-reply">${t("reply_label", { language: localeName(ui, locale) })}</label>
      <textarea
        id="practice-reply"
        name="text"
        rows="3"
        maxlength="5000"
        dir="auto"
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
          event.preventDefault();
          (event.target as HTMLTextAreaElement).form?.requestSubmit();
        }}
      ></textarea>
      <div class="reply-tools">
        <span class="soft">${t("reply_keys")}</span>
        <button type="button" class="button" ?disabled=${board.busy} @click=${() => void board.end().then(() => focusOn(ui, "#practice-result"))}>${t("practice_end")}</button>
        <button class="button primary" ?disabled=${board.busy}>${icons.send()}${t("send")}</button>
      </div>
    </form>
    ${phraseForm(ui)}`;
}

function lineView(ui: IroiroConsole, line: PracticeLine, locale: string): TemplateResult {
  const { t, desk } = ui;
  const trainee = line.from === "trainee";
  return html`<li class="message ${trainee ? "staff" : "resident"}">
    <p class="who"><span class="badge ${trainee ? "staff" : "resident"}">${icons.person()}${trainee ? desk.me!.name : t("practice_resident")}</span></p>
    <div class="bubble" dir="auto" lang=${trainee ? nothing : locale}><p class="text">${line.text}</p></div>
    ${line.ja ? html`<div class="beside" lang="ja"><span class="badge translated">日本語</span>${line.ja}</div>` : nothing}
  </li>`;
}

/** One phrase of the book; those with gaps are filled with plain samples, since nobody reads them. */
function phraseForm(ui: IroiroConsole): TemplateResult | typeof nothing {
  const { t, desk, practice: board } = ui;
  if (desk.phrases.length === 0) return nothing;
  const groups = [...new Set(desk.phrases.map((p) => p.group))];
  const heading = (group: string): string => (t(`phrases_${group}`) === `phrases_${group}` ? group : t(`phrases_${group}`));
  const filled = (p: Phrase): Record<string, string> => Object.fromEntries(p.slots.map((slot) => [slot, slot === "name" ? desk.me!.name : "…"]));
  return html`<form
    class="row"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      const id = String(new FormData(event.target as HTMLFormElement).get("phrase"));
      const chosen = desk.phrases.find((p) => p.id === id);
      if (chosen) void board.say({ phrase: { id, slots: filled(chosen) } });
    }}
  >
    <label class="practice-phrase"
      >${t("panel_phrases")}<select name="phrase" lang="ja">
        ${groups.map((group) => html`<optgroup label=${heading(group)}>${desk.phrases.filter((p) => p.group === group).map((p) => html`<option value=${p.id}>${p.ja}</option>`)}</optgroup>`)}
      </select></label
    >
    <button class="button" ?disabled=${board.busy}>${t("practice_phrase")}</button>
  </form>`;
}

function checklistView(ui: IroiroConsole): TemplateResult {
  const { t, practice: board, settings } = ui;
  const found = board.checklist!;
  return html`<h2 id="practice-result" tabindex="-1">${t("practice_result")}: ${board.running!.scenario.title[settings.language]}</h2>
    <ul class="checklist">
      ${found.steps.map((s) => html`<li class=${s.said ? "said" : "missing"}><b>${t(s.said ? "practice_said" : "practice_missing")}</b> ${s.told[settings.language]}</li>`)}
      ${found.mistakes.map((m) => html`<li class="mistake"><b>${t("practice_mistake")}</b> ${m.told[settings.language]}</li>`)}
    </ul>
    <p class="soft">${t("practice_gone")}</p>
    <button class="button primary" @click=${() => board.drop()}>${t("practice_again")}</button>`;
}

async function focusOn(ui: IroiroConsole, selector: string): Promise<void> {
  await ui.updateComplete;
  ui.focusOn(selector);
}
