import { html, nothing, type TemplateResult } from "lit";
import { safeLink, safeTel } from "../../shared/links.ts";
import type { Hotline, Run } from "../../shared/types.ts";
import type { IroiroConsole } from "../element.ts";
import { LOCALES } from "./board.ts";
import type { Block, Preview } from "./types.ts";

/** What residents would read: one locale, or all thirteen below one another. */
export function previewView(ui: IroiroConsole): TemplateResult {
  const { t, contentBoard: board } = ui;
  const all = board.shown === "all";
  return html`<section class="preview" aria-label=${t("content_preview")}>
    <div class="row">
      <h2>${t("content_preview")}</h2>
      <label
        >${t("content_preview_in")}
        <select @change=${(event: Event) => show(ui, (event.target as HTMLSelectElement).value)}>
          ${LOCALES.map((locale) => html`<option value=${locale} ?selected=${board.shown === locale}>${t(`locale_${locale}`)}</option>`)}
          <option value="all" ?selected=${all}>${t("content_all_locales")}</option>
        </select></label
      >
    </div>
    ${(all ? LOCALES : [board.shown]).map((locale) => localeView(ui, locale, all))}
  </section>`;
}

function show(ui: IroiroConsole, locale: string): void {
  ui.contentBoard.shown = locale;
  ui.requestUpdate();
}

function localeView(ui: IroiroConsole, locale: string, named: boolean): TemplateResult {
  const { t, contentBoard } = ui;
  const parts = contentBoard.editing!.previews[locale] ?? [];
  return html`<div class="paper" data-locale=${locale}>
    <h3 class=${named ? "" : "hidden"}>${t(`locale_${locale}`)}</h3>
    ${parts.length === 0 ? html`<p class="soft">${t("content_preview_none")}</p>` : html`<div lang=${locale === "ja-easy" ? "ja" : locale}>${parts.map((part) => partView(ui, part))}</div>`}
  </div>`;
}

function partView(ui: IroiroConsole, part: Preview): TemplateResult {
  const { t } = ui;
  if (part.type === "text") return html`<p class="text">${part.text}</p>`;
  if (part.type === "facilities") {
    return html`<ul class="plain">
      ${part.items.map((f) => html`<li class="stacked"><b>${f.name}</b><span>${f.address}</span><span>${phone(f.phone)} ${f.hours ?? ""}</span></li>`)}
    </ul>`;
  }
  if (part.type === "hotlines") {
    return html`<ul class="plain">
      ${[...part.urgent, ...part.items].map((h) => hotlineView(h))}
    </ul>`;
  }
  return html`<h4>${part.title}</h4>
    ${part.fallback ? html`<p class="soft">${part.fallback}</p>` : nothing}
    <p><b>${part.summary}</b></p>
    ${part.blocks.map(blockView)} ${part.to_confirm ? html`<p class="note">${part.to_confirm}</p>` : nothing}
    ${part.offices.length > 0 ? html`<ul>${part.offices.map((o) => html`<li>${o.name} ${phone(o.phone)}</li>`)}</ul>` : nothing}
    <p class="soft">${part.as_of}</p>
    ${part.sources.map((s) => html`<p class="soft">${t("content_source")}: ${link(s.url, s.label)} ${s.date ?? ""}</p>`)}`;
}

function hotlineView(h: Hotline): TemplateResult {
  return html`<li class="stacked"><b>${h.name}</b><span>${phone(h.phone)} ${h.hours}</span>${h.note ? html`<span>${h.note}</span>` : nothing}</li>`;
}

function blockView(block: Block): TemplateResult {
  if (block.type === "heading") return html`<h5>${runs(block.runs)}</h5>`;
  if (block.type === "list") return html`<ul>${block.items.map((item) => html`<li>${runs(item)}</li>`)}</ul>`;
  return html`<p>${runs(block.runs)}</p>`;
}

function runs(items: readonly Run[]): unknown {
  return items.map((run) => {
    if (run.href) return link(run.href.startsWith("tel:") ? safeTel(run.href) : run.href, run.text);
    return run.bold ? html`<strong>${run.text}</strong>` : run.text;
  });
}

function phone(number: string | null | undefined): unknown {
  const tel = safeTel(number);
  return tel ? html`<a href=${tel}>${number}</a>` : (number ?? "");
}

function link(url: string | null | undefined, label: string): unknown {
  if (url?.startsWith("tel:")) return html`<a href=${url}>${label}</a>`;
  const safe = safeLink(url);
  return safe ? html`<a href=${safe} target="_blank" rel="noopener noreferrer">${label}</a>` : label;
}
