import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icons } from "../../shared/icons.ts";
import type { Message } from "../../shared/types.ts";
import type { IroiroChat } from "../element.ts";
import { readBy } from "../state.ts";
import type { Queued } from "../storage.ts";
import { langTag } from "../words.ts";
import { feedbackView } from "./feedback.ts";
import { partView } from "./parts.ts";
import { pickerView } from "./pickers.ts";
import { waitingView } from "./status.ts";
import { emergencyView, hotlinesView } from "./hotlines.ts";
import { welcomeView } from "./welcome.ts";

/** For so long after a question the machine is said to be at work; later than that, nothing is promised. */
export const ANSWER_MS = 15_000;

export function logView(ui: IroiroChat): TemplateResult {
  const chat = ui.chat!;
  const { t } = ui;
  const { messages } = chat.state;
  const last = messages.at(-1);
  const answered = chat.queue.length === 0 && last && last.author !== "resident" ? last : null;
  const stuck = chat.trouble && chat.queue.some((e) => e.seq === undefined);
  return html`<div class="middle">
    <div
      class="log"
      role="log"
      aria-relevant="additions"
      aria-label=${t("log_label")}
      tabindex="0"
      @scroll=${(event: Event) => ui.onScroll(event.currentTarget as HTMLElement)}
    >
      <div class="column">
        <h2 class="hidden">${t("log_label")}</h2>
        ${welcomeView(ui, messages.length === 0 && chat.queue.length === 0)}
        ${repeat(messages, (m) => m.id, (m) => messageView(ui, m, m === answered))}
        ${repeat(chat.queue, (e) => e.client_id, (e) => queuedView(ui, e))}
        ${answered?.choices?.length
          ? html`<div class="choices" role="group" aria-label=${t("choices_label")}>
              ${answered.choices.map(
                (c) => html`<button class="choice" @click=${() => ui.sendChoice(c.payload, c.label)}>${c.label}</button>`,
              )}
            </div>`
          : nothing}
        ${answered?.input && !ui.picker ? html`<div class="inline-picker">${pickerView(ui, answered.input)}</div>` : nothing}
        ${stuck && chat.trouble !== "busy" ? (chat.hotlines ? hotlinesView(ui, chat.hotlines) : emergencyView(ui)) : nothing}
        ${waitingView(ui)}
        ${typingView(ui)}
      </div>
    </div>
    ${ui.unseen > 0 && !ui.atEnd
      ? html`<button class="newer" @click=${() => ui.toEnd()}>${icons.down()} ${t("new_messages", { n: ui.unseen })}</button>`
      : nothing}
  </div>`;
}

function typingView(ui: IroiroChat): TemplateResult | typeof nothing {
  const chat = ui.chat!;
  const { typing, status, messages } = chat.state;
  const last = messages.at(-1);
  const asked = chat.queue.some((e) => e.seq !== undefined) || (last?.author === "resident" && Date.now() - Date.parse(last.sent_at) < ANSWER_MS);
  const answering = !typing && asked && status?.handling !== "human";
  if (!typing && !answering) return nothing;
  const words = typing?.author === "staff" ? ui.t("typing_staff", { name: typing.name ?? ui.t("counsellor") }) : ui.t("typing_machine");
  return html`<p class="typing"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${words}</p>`;
}

function messageView(ui: IroiroChat, message: Message, newest: boolean): TemplateResult {
  const mine = message.author === "resident";
  const lang = message.locale ? langTag(message.locale) : nothing;
  return html`<article class="message ${message.author}">
    ${mine ? html`<h3 class="hidden">${ui.t("you")}</h3>` : badgeView(ui, message)}
    <div class="bubble" lang=${lang} dir="auto">
      ${message.erased ? html`<p class="removed">${ui.t("removed")}</p>` : message.parts.map((part) => partView(ui, part))}
    </div>
    ${mine
      ? html`<p class="foot">${timeView(ui, message.sent_at)} · ${readWords(ui, message)}</p>`
      : message.author === "machine" && message.parts.some((p) => p.type === "article" || p.type === "facilities")
        ? feedbackView(ui, message, newest)
        : nothing}
  </article>`;
}

function badgeView(ui: IroiroChat, message: Message): TemplateResult {
  const { t } = ui;
  const who = {
    machine: html`${icons.machine()}<span>${t("badge_machine")}</span>`,
    staff: html`${icons.person()}<span>${t("badge_staff", { name: message.author_name || t("counsellor") })}</span>`,
    system: html`<span>${t("badge_system")}</span>`,
    resident: nothing,
  }[message.author];
  return html`<h3 class="who">
    <span class="badge ${message.author}">${who}</span>
    ${message.translated ? html`<span class="badge translated">${t("badge_translated")}</span>` : nothing}
    ${timeView(ui, message.sent_at)}
  </h3>`;
}

function readWords(ui: IroiroChat, message: Message): string {
  return ui.t({ nobody: "read_nobody", machine: "read_machine", staff: "read_staff" }[readBy(ui.chat!.state, message.seq)]);
}

function queuedView(ui: IroiroChat, entry: Queued): TemplateResult {
  const { t } = ui;
  const trouble = ui.chat!.trouble;
  const state = entry.refused
    ? t(entry.refused === "too_long" || entry.refused === "http_413" ? "state_too_long" : "state_refused")
    : entry.seq !== undefined
      ? t("read_nobody")
      : trouble === "offline"
        ? t("state_kept")
        : trouble
          ? t("outage")
          : t("state_sending");
  return html`<article class="message resident ${entry.seq === undefined ? "waiting" : ""}">
    <h3 class="hidden">${t("you")}</h3>
    <div class="bubble" dir="auto"><p class="text">${entry.shown}</p></div>
    <p class="foot">
      ${entry.seq === undefined && !entry.refused ? icons.clock() : nothing} ${state}
      ${entry.refused
        ? html`<button class="textual" @click=${async () => ui.write(await ui.chat!.takeBack(entry))}>${t("edit_again")}</button>`
        : nothing}
    </p>
  </article>`;
}

export function timeView(ui: IroiroChat, iso: string): TemplateResult {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(langTag(ui.chat!.words.locale), {
    hour: "2-digit",
    minute: "2-digit",
    ...(today ? {} : { month: "short", day: "numeric" }),
  });
  return html`<time datetime=${iso}>${Number.isNaN(at.getTime()) ? "" : format.format(at)}</time>`;
}
