import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { clock } from "../words.ts";
import type { Tab } from "./board.ts";
import { editorView } from "./editor.ts";
import type { Draft } from "./types.ts";

const TABS: Tab[] = ["items", "changes", "stale", "unanswered"];

/** The content desk: what there is, what is on its way, what is out of date, what nobody could answer; or one item. */
export function contentView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  if (board.editing) return editorView(ui);
  return html`<main class="page content">
    <h1>${t("page_content")}</h1>
    <p class="soft">${t("content_about")}</p>
    ${board.writable ? nothing : html`<p class="note">${t("content_read_only")}</p>`}
    <nav class="subnav" aria-label=${t("page_content")}>
      ${TABS.map((tab) => html`<a href="#content${tab === "items" ? "" : `/${tab}`}" aria-current=${tab === board.tab ? "page" : "false"}>${t(`content_tab_${tab}`)}</a>`)}
    </nav>
    <p class="error" role="alert">${problemWords(ui)}</p>
    ${board.tab === "changes" ? changesView(ui) : board.tab === "stale" ? staleView(ui) : board.tab === "unanswered" ? unansweredView(ui) : itemsView(ui)}
  </main>`;
}

/** What went wrong, in the reader's language where it has words for it. */
export function problemWords(ui: IroiroConsole): string {
  const { code, problem } = ui.contentBoard;
  const key = `content_error_${code}`;
  return code && ui.t(key) !== key ? ui.t(key) : problem;
}

export function itemName(ui: IroiroConsole, item: string, title: string): string {
  return title || ui.t(`content_item_${item}`);
}

function itemsView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  const wanted = board.search.trim().toLowerCase();
  const found = board.items.filter((one) => `${itemName(ui, one.item, one.title)} ${one.item}`.toLowerCase().includes(wanted));
  // Lists and words first: there are three of them among many articles.
  found.sort((a, b) => Number(a.item.startsWith("article:")) - Number(b.item.startsWith("article:")));
  return html`<label class="narrow">${t("content_search")}<input type="search" .value=${board.search} @input=${(event: Event) => seek(ui, (event.target as HTMLInputElement).value)} /></label>
    <ul class="items">
      ${found.map(
        (one) => html`<li>
          <a href="#content/item/${encodeURIComponent(one.item)}">${itemName(ui, one.item, one.title)}</a>
          ${one.needs_second ? html`<span class="tag">${t("content_two_persons")}</span>` : nothing}
          ${one.open > 0 ? html`<span class="tag">${t("content_open_changes", { n: one.open })}</span>` : nothing}
          ${one.stale > 0 ? html`<span class="soft">${t("content_stale_count", { n: one.stale })}</span>` : nothing}
        </li>`,
      )}
    </ul>`;
}

function seek(ui: IroiroConsole, text: string): void {
  ui.contentBoard.search = text;
  ui.requestUpdate();
}

function changesView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  if (board.drafts.length === 0) return html`<p>${t("content_changes_none")}</p>`;
  return html`<p><button class="button" @click=${() => void board.patch("/content/patch", "content.patch")}>${t("content_patch_all")}</button></p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("content_tab_changes")}>
      <table>
        <thead>
          <tr><th scope="col">${t("content_change")}</th><th scope="col">${t("content_state")}</th><th scope="col">${t("staff")}</th><th scope="col">${t("time")}</th></tr>
        </thead>
        <tbody>
          ${board.drafts.map(
            (d) => html`<tr>
              <td><a href="#content/draft/${d.id}">${d.summary || itemName(ui, d.item, d.title ?? "")}</a><br /><span class="soft">${itemName(ui, d.item, d.title ?? "")}</span></td>
              <td>${stateWords(ui, d)}</td>
              <td>${d.contributors.map((p) => p.name).join(", ")}</td>
              <td><time datetime=${d.updated_at}>${clock(d.updated_at, ui.settings.language)}</time></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function stateWords(ui: IroiroConsole, draft: Draft): string {
  const { t } = ui;
  if (draft.state === "published") return t("content_state_published", { n: draft.number ?? 0 });
  return t(draft.state === "proposed" && draft.needs_second ? "content_state_second" : `content_state_${draft.state}`);
}

function staleView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  if (board.stale.length === 0) return html`<p>${t("content_stale_none")}</p>`;
  return html`<p class="soft">${t("content_stale_about", { n: board.stale.length })}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("content_tab_stale")}>
      <table>
        <thead>
          <tr><th scope="col">${t("content_why")}</th><th scope="col">${t("content_date")}</th><th scope="col">${t("content_where")}</th><th scope="col">${t("content_states")}</th></tr>
        </thead>
        <tbody>
          ${board.stale.map(
            (s) => html`<tr>
              <td>${t(`content_stale_${s.reason}`)}</td>
              <td class="date">${s.date}</td>
              <td><a href="#content/item/${encodeURIComponent(s.item)}/${encodeURIComponent(s.part)}">${s.item.replace("article:", "")} · ${s.part}</a></td>
              <td lang="ja">${s.states}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function unansweredView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  if (board.questions.length === 0) return html`<p>${t("content_unanswered_none")}</p>`;
  return html`<p class="soft">${t("content_unanswered_about")}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("content_tab_unanswered")}>
      <table>
        <thead>
          <tr><th scope="col">${t("content_times")}</th><th scope="col">${t("content_question")}</th><th scope="col">${t("content_languages")}</th></tr>
        </thead>
        <tbody>
          ${board.questions.map((q) => html`<tr><td>${q.count}</td><td>${q.question}</td><td>${Object.entries(q.locales).map(([locale, n]) => `${t(`locale_${locale}`)} ${n}`).join(", ")}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
}
