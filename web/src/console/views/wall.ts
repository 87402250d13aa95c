import { html, nothing, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import { others, mine, queue } from "../state.ts";
import { since } from "../words.ts";
import { levelBadge, localeName } from "./badges.ts";

/** For a screen on the wall: numbers and waits, no names and no words of anybody. */
export function wallView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const waiting = queue(desk.state);
  const assigned = [...mine(desk.state, desk.me!), ...others(desk.state, desk.me!)];
  const oldest = waiting.map((c) => c.waiting_since ?? c.opened_at).sort()[0];
  const urgent = waiting.filter((c) => c.level === "imminent" || c.level === "high").length;
  const numbers: [string, string | number, boolean][] = [
    ["wall_waiting", waiting.length, waiting.length > 0],
    ["wall_urgent", urgent, urgent > 0],
    ["wall_oldest", oldest ? since(oldest, Date.now(), t) : "–", false],
    ["wall_assigned", assigned.length, false],
  ];
  return html`<main class="wall">
    <header>
      <h1>${t("page_wall")}</h1>
      <time>${new Intl.DateTimeFormat(ui.settings.language, { weekday: "short", hour: "2-digit", minute: "2-digit" }).format(new Date())}</time>
      <span class="link ${desk.link}" role="status">${t(`link_${desk.link}`)}</span>
      <a href="#">${t("key_back")}</a>
    </header>
    <dl class="numbers">
      ${numbers.map(([key, value, loud]) => html`<div class=${loud ? "loud" : ""}><dt>${t(key)}</dt><dd>${value}</dd></div>`)}
    </dl>
    <ol class="wall-list">
      ${waiting.slice(0, 8).map(
        (c) => html`<li class=${c.level}>${levelBadge(ui, c.level)} <b>${t(`category_${c.category}`)}</b> <span>${localeName(ui, c.locale)}</span> <time>${since(c.waiting_since ?? c.opened_at, Date.now(), t)}</time></li>`,
      )}
    </ol>
    ${waiting.length === 0 ? html`<p class="soft">${t("queue_empty")}</p>` : nothing}
  </main>`;
}
