import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { formView, hasForm } from "./forms.ts";
import { previewView } from "./preview.ts";
import { itemName, problemWords, stateWords } from "./view.ts";

/** One item: its files on one side, what residents would read on the other, and the steps of the change. */
export function editorView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  const e = board.editing!;
  const paths = [...e.files.keys()];
  return html`<main class="page content editor" @keydown=${(event: KeyboardEvent) => onKey(ui, event)}>
    <p><a href="#content">${t("content_back")}</a></p>
    <h1>${itemName(ui, e.item, e.title)}</h1>
    <p class="soft">${e.draft ? stateWords(ui, e.draft) : t("content_no_change")}${e.draft?.approved_by ? html` · ${t("content_approved_by", { name: e.draft.approved_by.name })}` : nothing}</p>
    ${e.draft?.reason ? html`<p class="note">${t("content_sent_back", { reason: e.draft.reason })}</p>` : nothing}
    ${e.others.map((d) => html`<p class="note">${t("content_other_open", { name: d.author.name })} <a href="#content/draft/${d.id}">${d.summary || t("content_change")}</a></p>`)}
    ${e.draft?.moved?.length ? movedView(ui) : nothing} ${e.conflict ? conflictView(ui) : nothing} ${stepsView(ui)}
    <p class="error" role="alert">${problemWords(ui)}</p>
    <p role="status">${board.notice ? t(board.notice) : ""}</p>
    <div class="halves">
      <section class="stack" aria-label=${t("content_edit")}>
        <div class="row">
          <label
            >${t("content_file")}
            <select id="content-file" @change=${(event: Event) => board.choose((event.target as HTMLSelectElement).value)}>
              ${paths.map((path) => html`<option value=${path} ?selected=${path === e.path}>${fileName(ui, path)}${e.texts.has(path) && e.texts.get(path) !== e.files.get(path) ? " *" : ""}</option>`)}
            </select></label
          >
          ${hasForm(ui) ? html`<label class="check"><input type="checkbox" .checked=${board.asText} @change=${(event: Event) => asText(ui, (event.target as HTMLInputElement).checked)} />${t("content_as_text")}</label>` : nothing}
        </div>
        ${problemsView(ui)} ${formView(ui)}
      </section>
      ${previewView(ui)}
    </div>
    ${diffView(ui)}
  </main>`;
}

function fileName(ui: IroiroConsole, path: string): string {
  const { t } = ui;
  if (path.endsWith("/article.yml")) return t("content_facts");
  const locale = /\/([\w-]+)\.md$/.exec(path)?.[1] ?? /^nlu_data\/([\w-]+)\//.exec(path)?.[1];
  return locale ? t(`locale_${locale}`) : path.replace("knowledge_base/", "");
}

function asText(ui: IroiroConsole, on: boolean): void {
  ui.contentBoard.asText = on;
  ui.requestUpdate();
}

function onKey(ui: IroiroConsole, event: KeyboardEvent): void {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    (event.target as HTMLElement).dispatchEvent(new Event("change")); // a field tells of its value only when it is left
    if (ui.contentBoard.unsaved) void save(ui);
  }
}

function stepsView(ui: IroiroConsole): TemplateResult {
  const { t, desk, contentBoard: board } = ui;
  const e = board.editing!;
  const state = e.draft?.state ?? "draft";
  const over = state === "published" || state === "discarded";
  const mine = e.draft?.contributors.some((p) => p.id === desk.me!.id) ?? true;
  const second = e.draft?.needs_second ?? false;
  const some = e.saved.size > 0 || board.unsaved;
  return html`<div class="stack">
    ${over
      ? nothing
      : html`<label>${t("content_summary")}<input maxlength="300" .value=${e.summary} @input=${(event: Event) => (e.summary = (event.target as HTMLInputElement).value)} /></label>`}
    <div class="row">
      ${over ? nothing : html`<button class="button primary" ?disabled=${board.busy || !some} @click=${() => void save(ui)}>${t("content_save")} <kbd>Ctrl+S</kbd></button>`}
      ${state === "draft" && some ? html`<button class="button" ?disabled=${board.busy} @click=${() => void board.step("propose")}>${t("content_propose")}</button>` : nothing}
      ${state === "proposed" && second ? html`<button class="button" ?disabled=${board.busy || mine} @click=${() => void board.step("approve")}>${t("content_approve")}</button>${mine ? html`<span class="soft">${t("content_own")}</span>` : nothing}` : nothing}
      ${state === "approved" || (state === "proposed" && !second) ? html`<button class="button primary" ?disabled=${board.busy} @click=${() => confirm(t("content_publish_sure")) && void board.publishNow()}>${t("content_publish")}</button>` : nothing}
      ${state === "proposed" || state === "approved" ? html`<button class="button" ?disabled=${board.busy} @click=${() => sendBack(ui)}>${t("content_send_back")}</button>` : nothing}
      ${e.draft ? html`<button class="button" @click=${() => void board.patch(`/content/drafts/${e.draft!.id}/patch`, `content-${e.draft!.id.slice(0, 8)}.patch`)}>${t("content_patch")}</button>` : nothing}
      ${e.draft && !over ? html`<button class="button danger" ?disabled=${board.busy} @click=${() => confirm(t("content_discard_sure")) && void board.step("discard")}>${t("content_discard")}</button>` : nothing}
    </div>
  </div>`;
}

async function save(ui: IroiroConsole): Promise<void> {
  await ui.contentBoard.save();
  if (!ui.contentBoard.editing?.conflict) return;
  await ui.updateComplete;
  ui.focusOn("[data-conflict] button");
}

function sendBack(ui: IroiroConsole): void {
  const reason = prompt(ui.t("content_send_back_why"));
  if (reason !== null) void ui.contentBoard.step("send-back", reason);
}

function movedView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  return html`<div class="note">
    <p>${t("content_moved", { files: board.editing!.draft!.moved!.map((p) => fileName(ui, p)).join(", ") })}</p>
    <button class="button" @click=${() => void board.step("rebase")}>${t("content_rebase")}</button>
  </div>`;
}

function conflictView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  const { draft, unclear } = board.editing!.conflict!;
  return html`<div class="note" data-conflict>
    <p>${t("content_conflict", { name: draft.contributors.at(-1)?.name ?? "" })}</p>
    ${unclear.length > 0 ? html`<p>${t("content_conflict_unclear", { files: unclear.map((p) => fileName(ui, p)).join(", ") })}</p>` : nothing}
    <div class="row">
      <button class="button primary" @click=${() => board.resolve("both")}>${t("content_take_both")}</button>
      <button class="button" @click=${() => board.resolve("mine")}>${t("content_take_mine")}</button>
    </div>
  </div>`;
}

function problemsView(ui: IroiroConsole): TemplateResult {
  const { t } = ui;
  const { problems } = ui.contentBoard.editing!;
  return html`<div role="status">
    ${problems.length === 0
      ? html`<p class="fine">${t("content_no_problems")}</p>`
      : html`<p class="error">${t("content_problems", { n: problems.length })}</p>
          <ul class="problems">
            ${problems.slice(0, 20).map((p) => html`<li><b>${fileName(ui, p.file)}</b>${p.line ? html` ${t("content_line", { n: p.line })}` : nothing}${p.field ? html` <code>${p.field}</code>` : nothing}: ${p.message} ${p.remedy}</li>`)}
          </ul>`}
  </div>`;
}

function diffView(ui: IroiroConsole): TemplateResult | typeof nothing {
  const { t } = ui;
  const files = ui.contentBoard.editing!.draft?.files ?? [];
  if (files.length === 0) return nothing;
  return html`<section>
    <h2>${t("content_differences")}</h2>
    ${files.map((f) => html`<pre class="diff" tabindex="0" aria-label=${fileName(ui, f.path)}>${f.diff.split("\n").map((line) => html`<span class=${line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : ""}>${line}${"\n"}</span>`)}</pre>`)}
  </section>`;
}
