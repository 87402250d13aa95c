import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { IroiroChat } from "../element.ts";
import { langTag } from "../words.ts";

/** The one line above the composer: who is answering, or the place in the queue. Only what the server measured is said. */
export function statusWords(ui: IroiroChat): { kind: string; text: string } {
  const { t } = ui;
  const chat = ui.chat!;
  const status = chat.state.status;
  if (chat.session && chat.link === "retrying") return { kind: "trouble", text: t("link_retrying") };
  if (!status || status.handling === "machine") return { kind: "machine", text: t("status_machine") };
  if (status.handling === "human") {
    return { kind: "human", text: t("status_human", { name: status.assignee_name || t("counsellor") }) };
  }
  const lines: string[] = [];
  if (status.queue_position) lines.push(t("status_position", { n: status.queue_position }));
  else lines.push(t("status_waiting"));
  if (status.wait_minutes != null) lines.push(t("status_wait", { n: Math.max(1, Math.round(status.wait_minutes)) }));
  return { kind: "waiting", text: lines.join(" ") };
}

/** At the end of the talk while one waits: when somebody is there, and that one may leave meanwhile. */
export function waitingView(ui: IroiroChat): TemplateResult | typeof nothing {
  const { t } = ui;
  const { words, state } = ui.chat!;
  const { status } = state;
  if (status?.handling !== "waiting") return nothing;
  const away = status.next_open ? t("status_off_duty", { time: when(status.next_open, words.locale) }) : t("status_off_duty_unknown");
  return html`<p class="limits">${icons.clock()}<span>${status.on_duty === false ? away : nothing} ${t("status_may_leave")}</span></p>`;
}

function when(iso: string, locale: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(langTag(locale), { weekday: "short", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}
