import { html, nothing, type TemplateResult } from "lit";
import { safeImage, safeLink } from "../../shared/links.ts";
import type { Block, Part, Run } from "../../shared/types.ts";
import type { IroiroConsole } from "../element.ts";
import { highlight } from "../highlight.ts";
import type { Assessment } from "../types.ts";

/** What the resident saw, in little room. Text only; links only to https pages. */
export function partView(ui: IroiroConsole, part: Part): TemplateResult | typeof nothing {
  switch (part.type) {
    case "text":
      return html`<p class="text">${part.text}</p>`;
    case "ruby":
      return html`<p class="text">${plain(part.runs)}</p>`;
    case "article":
      return html`<details>
        <summary><b>${part.title}</b> ${part.summary}</summary>
        ${part.blocks.map(blockView)}
        ${part.sources.map((s) => {
          const url = safeLink(s.url);
          return html`<p class="soft">${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${s.label}</a>` : s.label} ${s.date}</p>`;
        })}
      </details>`;
    case "hotlines":
      return html`<details>
        <summary>${ui.t("hotlines_shown", { n: part.urgent.length + part.items.length })}</summary>
        <ul>
          ${[...part.urgent, ...part.items].map((h) => html`<li>${h.name} ${h.phone}</li>`)}
        </ul>
      </details>`;
    case "facilities":
      return html`<ul>
        ${part.items.map((f) => html`<li>${f.name} ${f.address} ${f.phone ?? ""}</li>`)}
      </ul>`;
    case "image": {
      const src = safeImage(part.url, "");
      return src ? html`<img src=${src} alt=${part.alt} />` : html`<p>${part.alt}</p>`;
    }
    case "attachment": {
      // Only our own address: the file is fetched with the session of whoever looks.
      const url = part.url?.startsWith("/api/console/media/") ? part.url : null;
      const size = part.size ? ` ${Math.ceil(part.size / 1000)} kB` : "";
      return url
        ? html`<p><a href=${url} download>${ui.t("attachment_save")} (${part.kind}${size})</a></p>`
        : html`<p class="soft">${ui.t(`attachment_${part.state === "pending" ? "pending" : "gone"}`)} (${part.kind})</p>`;
    }
    default:
      return nothing;
  }
}

/** A resident's text with the words that raised the alarm marked. */
export function markedText(text: string, assessment: Assessment): TemplateResult {
  const points = [...text];
  // A reason drawn from the whole talk may point into another message; only what stands here is marked.
  const here = assessment.signals.map((s) => (s.span && (s.text === undefined || points.slice(...s.span).join("") === s.text) ? s.span : null));
  const pieces = highlight(text, here);
  return html`<p class="text">${pieces.map((p) => (p.signal === null ? p.text : html`<mark>${p.text}</mark>`))}</p>`;
}

function blockView(block: Block): TemplateResult {
  if (block.type === "list") return html`<ul>${block.items.map((runs) => html`<li>${plain(runs)}</li>`)}</ul>`;
  return block.type === "heading" ? html`<p><b>${plain(block.runs)}</b></p>` : html`<p>${plain(block.runs)}</p>`;
}

function plain(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join("");
}
