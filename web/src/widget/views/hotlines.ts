import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { Hotline, HotlinesPart } from "../../shared/types.ts";
import { safeLink, safeTel } from "../../shared/links.ts";
import type { IroiroChat } from "../element.ts";
import { langTag } from "../words.ts";

/** Places to call, each with one large button; those for danger right now come first. */
export function hotlinesView(ui: IroiroChat, part: Pick<HotlinesPart, "urgent" | "items">): TemplateResult {
  const { t } = ui;
  return html`<div class="hotlines" role="group" aria-label=${t("hotlines_title")}>
    <p class="hotlines-title">${t("hotlines_title")}</p>
    ${part.urgent.length > 0
      ? html`<p class="hint">${t("hotlines_urgent")}</p>
          <ul class="urgent-list">
            ${part.urgent.map((h) => hotlineView(ui, h, true))}
          </ul>`
      : nothing}
    <ul>
      ${part.items.map((h) => hotlineView(ui, h, false))}
    </ul>
  </div>`;
}

/** What is left when no list of lines was ever loaded: the emergency numbers, from the words built into the script. */
export function emergencyView(ui: IroiroChat): TemplateResult {
  return html`<div class="hotlines" role="group" aria-label=${ui.t("hotlines_title")}>
    <ul>
      ${["emergency_police", "emergency_ambulance"].map((key) => {
        const words = ui.t(key);
        const number = /\d{3}/.exec(words)?.[0];
        return html`<li class="hotline">
          <p class="hotline-words">${words}</p>
          ${number ? html`<a class="button urgent call-button" href=${safeTel(number)}>${icons.phone()}<span>${number}</span></a>` : nothing}
        </li>`;
      })}
    </ul>
  </div>`;
}

/** Nothing need be said of languages where the line speaks the resident's own and no other. */
function spokenHere(ui: IroiroChat, h: Hotline): boolean {
  return h.languages.length === 0 || (h.languages.length === 1 && langTag(h.languages[0]!) === langTag(ui.chat!.words.locale));
}

/** The languages a line speaks, in the resident's words. */
function languages(ui: IroiroChat, tags: readonly string[]): string {
  const names = new Intl.DisplayNames(langTag(ui.chat!.words.locale), { type: "language", fallback: "code" });
  return tags.map((tag) => (/^[A-Za-z]{2,3}(-[A-Za-z]+)*$/.test(tag) ? names.of(langTag(tag)) : tag)).join(" · ");
}

function hotlineView(ui: IroiroChat, h: Hotline, urgent: boolean): TemplateResult {
  const { t } = ui;
  const tel = safeTel(h.tel || h.phone);
  const url = safeLink(h.url);
  return html`<li class="hotline">
    <div class="hotline-words">
      <p class="hotline-name">${h.name}</p>
      <p class="hotline-meta">
        ${h.open_now === null
          ? nothing
          : html`<span class=${h.open_now ? "open" : "shut"}>${t(h.open_now ? "open_now" : "closed_now")}</span>`}
        ${h.hours}
      </p>
      ${spokenHere(ui, h) ? nothing : html`<p class="hotline-meta">${languages(ui, h.languages)}</p>`}
      ${h.note ? html`<p class="hotline-meta">${h.note}</p>` : nothing}
      ${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${t("hotline_site")}</a>` : nothing}
    </div>
    ${tel
      ? html`<a class="button ${urgent ? "urgent" : "primary"} call-button" href=${tel} aria-label=${t("call_name", { name: h.name, phone: h.phone })}
          >${icons.phone()}<span>${h.phone}</span></a
        >`
      : nothing}
  </li>`;
}
