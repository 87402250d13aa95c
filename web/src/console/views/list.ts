import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icons } from "../../shared/icons.ts";
import type { IroiroConsole } from "../element.ts";
import { closed, mine, others, queue } from "../state.ts";
import type { Case } from "../types.ts";
import { since } from "../words.ts";
import { levelBadge, localeName } from "./badges.ts";

/** Own cases first, then the queue by risk and wait, then colleagues' cases, then the closed ones. */
export function listView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const me = desk.me!;
  const waiting = queue(desk.state);
  return html`<section class="list" aria-label=${t("page_cases")}>
    ${desk.open ? nothing : html`<h1 class="hidden">${t("page_cases")}</h1>`}
    <div class="list-head">
      <button class="button primary wide" ?disabled=${waiting.length === 0} @click=${() => void ui.takeNext()}>${t("take_next")} <kbd>n</kbd></button>
      ${desk.problem && !desk.open ? html`<p class="error" role="alert">${t(desk.problem.key, { name: desk.problem.name ?? t("colleague") })}</p>` : nothing}
      ${desk.onDuty === false ? html`<p class="soft">${t("off_duty")}</p>` : nothing}
    </div>
    ${group(ui, "mine", mine(desk.state, me))} ${group(ui, "waiting", waiting, t("queue_empty"))} ${group(ui, "others", others(desk.state, me))}
    ${group(ui, "closed", closed(desk.state).slice(0, 15))}
  </section>`;
}

function group(ui: IroiroConsole, name: string, cases: readonly Case[], empty = ""): TemplateResult | typeof nothing {
  if (cases.length === 0 && !empty) return nothing;
  return html`<h2>${ui.t(name)} <span class="count">${cases.length}</span></h2>
    ${cases.length === 0 ? html`<p class="soft pad">${empty}</p>` : nothing}
    <ul>
      ${repeat(cases, (c) => c.id, (c) => html`<li>${caseLink(ui, c)}</li>`)}
    </ul>`;
}

function caseLink(ui: IroiroConsole, c: Case): TemplateResult {
  const { t, desk } = ui;
  const unread = desk.state.unread.get(c.id) ?? 0;
  const present = desk.state.presence.get(c.id) ?? [];
  const waiting = c.state === "waiting";
  return html`<a class="case ${c.level} ${c.state}" href="#case/${c.id}" aria-current=${c.id === desk.open}>
    <span class="case-line">
      ${levelBadge(ui, c.level)}
      <b>${t(`category_${c.category}`)}</b>
      ${unread > 0 ? html`<span class="unread">${t("unread", { n: unread })}</span>` : nothing}
    </span>
    <span class="case-line soft">
      <span>${c.display_name ?? t("resident")}</span><span>${localeName(ui, c.locale)}</span><span>${c.channel}</span>
      <time class=${waiting ? "wait" : ""} datetime=${c.waiting_since ?? c.opened_at}
        >${waiting ? html`${icons.clock()}${since(c.waiting_since ?? c.opened_at, Date.now(), t)}` : since(c.last_message_at ?? c.opened_at, Date.now(), t)}</time
      >
    </span>
    ${c.assignee && c.assignee.id !== desk.me!.id ? html`<span class="case-line soft">${t("held_by", { name: c.assignee.name })}</span>` : nothing}
    ${c.transfer?.to.id === desk.me!.id ? html`<span class="case-line offer">${t("transfer_offered")}</span>` : nothing}
    ${present.length > 0 ? html`<span class="case-line soft">${presenceWords(ui, present)}</span>` : nothing}
    ${c.tags.length > 0 ? html`<span class="case-line">${c.tags.map((tag) => html`<span class="tag">${tag}</span>`)}</span>` : nothing}
  </a>`;
}

export function presenceWords(ui: IroiroConsole, present: readonly { staff: { name: string }; typing: boolean }[]): string {
  return present.map((p) => ui.t(p.typing ? "is_typing" : "is_viewing", { name: p.staff.name })).join(" ");
}
