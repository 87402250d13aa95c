import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import { safeImage, safeLink, safeTel } from "../../shared/links.ts";
import type { ArticlePart, Block, Facility, Part, Run } from "../../shared/types.ts";
import type { IroiroChat } from "../element.ts";
import { hotlinesView } from "./hotlines.ts";

export function partView(ui: IroiroChat, part: Part): TemplateResult | typeof nothing {
  switch (part.type) {
    case "text":
      return html`<p class="text">${part.text}</p>`;
    case "ruby":
      return html`<p class="text">${runsView(ui, part.runs)}</p>`;
    case "article":
      return articleView(ui, part);
    case "hotlines":
      return hotlinesView(ui, part);
    case "facilities":
      return html`<ul class="facilities">
        ${part.items.map((f) => facilityView(ui, f))}
      </ul>`;
    case "image": {
      const src = safeImage(part.url, ui.chat!.origin);
      return src ? html`<img class="picture" src=${src} alt=${part.alt} />` : html`<p class="text">${part.alt}</p>`;
    }
    default:
      return nothing; // A part of a later version: the others of the message still show.
  }
}

export function runsView(ui: IroiroChat, runs: readonly Run[]): unknown {
  const furigana = ui.chat!.furigana;
  return runs.map((run) => {
    const words = run.ruby && furigana ? html`<ruby>${run.text}<rp>(</rp><rt>${run.ruby}</rt><rp>)</rp></ruby>` : run.text;
    const href = run.href?.startsWith("tel:") ? safeTel(run.href) : safeLink(run.href);
    if (href?.startsWith("tel:")) return html`<a href=${href}>${words}</a>`;
    if (href) return html`<a href=${href} target="_blank" rel="noopener noreferrer">${words}</a>`;
    return run.bold ? html`<strong>${words}</strong>` : words;
  });
}

function blockView(ui: IroiroChat, block: Block): TemplateResult {
  if (block.type === "heading") return html`<h5>${runsView(ui, block.runs)}</h5>`;
  if (block.type === "list") return html`<ul class="points">${block.items.map((runs) => html`<li>${runsView(ui, runs)}</li>`)}</ul>`;
  return html`<p>${runsView(ui, block.runs)}</p>`;
}

function articleView(ui: IroiroChat, article: ArticlePart): TemplateResult {
  const { t } = ui;
  return html`<div class="article">
    <h4>${article.title}</h4>
    <p class="summary">${article.summary}</p>
    <div class="blocks">${article.blocks.map((block) => blockView(ui, block))}</div>
    ${article.to_confirm ? html`<p class="confirm">${t("to_confirm")}</p>` : nothing}
    ${article.offices.length > 0
      ? html`<ul class="offices ${article.offices.length > 2 ? "many" : ""}">
          ${article.offices.map((o) => {
            const tel = safeTel(o.tel || o.phone);
            return html`<li>
              <span>${o.name}</span>
              ${tel ? html`<a class="button" href=${tel} aria-label=${t("call_name", { name: o.name, phone: o.phone })}>${icons.phone()}${o.phone}</a>` : o.phone}
            </li>`;
          })}
        </ul>`
      : nothing}
    <div class="sources">
      <p>${t("as_of", { date: article.as_of })}</p>
      ${article.sources.map((s) => {
        const url = safeLink(s.url);
        const label = s.date ? `${s.label} (${s.date})` : s.label;
        return html`<p>
          ${t("source")}: ${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${label}</a>` : label}
        </p>`;
      })}
    </div>
  </div>`;
}

function facilityView(ui: IroiroChat, f: Facility): TemplateResult {
  const { t } = ui;
  const tel = safeTel(f.tel ?? f.phone);
  const map = safeLink(f.map_url);
  return html`<li class="facility">
    <p class="hotline-name">${f.name}</p>
    <p class="hotline-meta">
      ${f.distance_m != null ? html`<span class="distance">${distance(f.distance_m)}</span>` : nothing} ${f.address}
    </p>
    <p class="hotline-meta">
      ${f.open_now == null ? nothing : html`<span class=${f.open_now ? "open" : "shut"}>${t(f.open_now ? "open_now" : "closed_now")}</span>`}
      ${f.hours ?? ""}
    </p>
    <p class="row">
      ${tel
        ? html`<a class="button" href=${tel} aria-label=${t("call_name", { name: f.name, phone: f.phone ?? "" })}>${icons.phone()}${f.phone}</a>`
        : nothing}
      ${map
        ? html`<a class="button" href=${map} target="_blank" rel="noopener noreferrer" aria-label=${t("map_name", { name: f.name })}
            >${icons.pin()}${t("map")}</a
          >`
        : nothing}
    </p>
  </li>`;
}

function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}
