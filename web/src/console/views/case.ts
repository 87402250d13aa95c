import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icons } from "../../shared/icons.ts";
import type { Message } from "../../shared/types.ts";
import type { Outgoing } from "../desk.ts";
import type { IroiroConsole, Panel } from "../element.ts";
import type { Case, CaseDetail } from "../types.ts";
import { following } from "../follow.ts";
import { clock, since } from "../words.ts";
import { authorBadge, levelBadge, localeName } from "./badges.ts";
import { presenceWords } from "./list.ts";
import { markedText, partView } from "./parts.ts";
import { besideView, previewButton, previewView, translateToggle } from "./translating.ts";

export const PANELS: { panel: Panel; key: string }[] = [
  { panel: "why", key: "w" },
  { panel: "phrases", key: "p" },
  { panel: "hotlines", key: "h" },
  { panel: "notes", key: "o" },
];

export function caseView(ui: IroiroConsole): TemplateResult {
  const { t, desk } = ui;
  const detail = desk.open ? desk.state.details.get(desk.open) : undefined;
  if (!desk.open) {
    return html`<section class="talk empty" aria-label=${t("conversation")}><p>${t("choose_case")}</p><p class="soft">${t("choose_case_hint")}</p></section>`;
  }
  if (!detail) return html`<section class="talk empty" aria-label=${t("conversation")}><p role="status">${t(desk.problem?.key ?? "loading")}</p></section>`;
  return html`<section class="talk" aria-label=${t("conversation")}>
    ${headView(ui, detail)}
    ${desk.problem ? html`<p class="problem" role="alert">${t(desk.problem.key, { name: desk.problem.name ?? t("colleague") })}</p>` : nothing}
    ${transferView(ui, detail.case)}
    <div class="log" role="log" aria-label=${t("messages")} tabindex="0" ${following()}>
      <ol>
        ${repeat(detail.messages, (m) => m.id, (m) => messageView(ui, m, detail))}
        ${(desk.outgoing.get(desk.open) ?? []).map((e) => outgoingView(ui, e))}
      </ol>
    </div>
    ${footView(ui, detail.case)}
  </section>`;
}

function headView(ui: IroiroConsole, { case: c, resident }: CaseDetail): TemplateResult {
  const { t, desk } = ui;
  const present = desk.state.presence.get(c.id) ?? [];
  const held = c.assignee?.id === desk.me!.id;
  return html`<header class="case-head">
    <button class="tool back" aria-label=${t("key_back")} @click=${() => ui.closeCase()}>‹</button>
    <div class="case-title">
      <h1>${levelBadge(ui, c.level)} ${t(`category_${c.category}`)}</h1>
      <p class="soft">
        ${c.display_name ?? resident.id_masked} · ${localeName(ui, c.locale)} · ${t(`state_${c.state}`)}
        ${c.assignee ? html`· ${held ? t("held_by_you") : t("held_by", { name: c.assignee.name })}` : nothing}
        ${c.state === "waiting" ? html`· ${since(c.waiting_since ?? c.opened_at, Date.now(), t)}` : nothing}
      </p>
      ${present.length > 0 ? html`<p class="present">${presenceWords(ui, present)}</p>` : nothing}
    </div>
    <div class="case-tools">
      ${c.state === "waiting" ? html`<button class="button primary" @click=${() => void desk.claim(c.id)}>${t("claim")} <kbd>c</kbd></button>` : nothing}
      ${held && c.state === "assigned"
        ? html`<button class="button" @click=${() => ui.openDialog("transfer")}>${t("transfer")} <kbd>t</kbd></button>
            <button class="button" @click=${() => void desk.release(c.id)}>${t("release")} <kbd>u</kbd></button>
            <button class="button" @click=${() => ui.openDialog("resolve")}>${t("resolve")} <kbd>e</kbd></button>`
        : nothing}
    </div>
    <div class="panel-tabs" role="group" aria-label=${t("panels")}>
      ${PANELS.map(
        ({ panel, key }) => html`<button class="small" aria-pressed=${ui.panelOpen && ui.panel === panel} @click=${() => ui.showPanel(panel)}>${t(`panel_${panel}`)} <kbd>${key}</kbd></button>`,
      )}
    </div>
    ${translateToggle(ui, c)}
  </header>`;
}

function transferView(ui: IroiroConsole, c: Case): TemplateResult | typeof nothing {
  const { t, desk } = ui;
  if (!c.transfer) return nothing;
  if (c.transfer.to.id !== desk.me!.id) return html`<p class="offer">${t("transfer_waiting", { name: c.transfer.to.name })}</p>`;
  return html`<div class="offer">
    <p>${t("transfer_asked", { name: c.transfer.from?.name ?? c.assignee?.name ?? t("colleague") })}</p>
    <button class="button primary" @click=${() => void desk.answerTransfer(c.id, true)}>${t("accept")}</button>
    <button class="button" @click=${() => void desk.answerTransfer(c.id, false)}>${t("decline")}</button>
  </div>`;
}

function messageView(ui: IroiroConsole, message: Message, detail: CaseDetail): TemplateResult {
  const { t, settings } = ui;
  const assessment = detail.assessments.find((a) => a.message_id === message.id && a.level !== "none");
  return html`<li class="message ${message.author}">
    <p class="who">
      ${authorBadge(ui, message)} ${assessment ? levelBadge(ui, assessment.level) : nothing}
      <time datetime=${message.sent_at}>${clock(message.sent_at, settings.language)}</time>
    </p>
    <div class="bubble" dir="auto" lang=${message.locale ?? nothing}>
      ${message.erased
        ? html`<p class="soft">${t("erased")}</p>`
        : message.parts.map((part) => (part.type === "text" && assessment ? markedText(part.text, assessment) : partView(ui, part)))}
    </div>
    ${besideView(ui, message, detail)}
    ${message.original && !message.translated
      ? html`<div class="beside" lang=${message.original.locale ?? nothing}><span class="badge translated">${t("picked_as")}</span>${message.original.text}</div>`
      : nothing}
  </li>`;
}

function outgoingView(ui: IroiroConsole, entry: Outgoing): TemplateResult {
  const { t, desk } = ui;
  return html`<li class="message staff outgoing">
    <p class="who"><span class="badge staff">${icons.person()}${desk.me!.name}</span> ${t(entry.problem ?? "sending")}</p>
    <div class="bubble" dir="auto"><p class="text">${entry.text}</p></div>
    ${entry.problem
      ? html`<button class="textual" @click=${() => desk.write(desk.open!, desk.takeBack(desk.open!, entry.client_id))}>${t("take_back")}</button>`
      : nothing}
  </li>`;
}

function footView(ui: IroiroConsole, c: Case): TemplateResult {
  const { t, desk } = ui;
  if (c.state === "resolved") return html`<footer class="reply"><p class="soft">${t("closed_note")}</p></footer>`;
  if (c.assignee?.id !== desk.me!.id) {
    return html`<footer class="reply">
      <p class="soft">${c.assignee ? t("read_only", { name: c.assignee.name }) : t("claim_first")}</p>
    </footer>`;
  }
  const draft = desk.drafts.get(c.id) ?? "";
  return html`<footer class="reply">
    <form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        void ui.send();
      }}
    >
      <label for="reply">${t("reply_label", { language: localeName(ui, c.locale) })}</label>
      <textarea
        id="reply"
        rows="3"
        maxlength="5000"
        dir="auto"
        .value=${draft}
        @input=${(event: InputEvent) => desk.write(c.id, (event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
          event.preventDefault();
          void ui.send();
        }}
      ></textarea>
      ${previewView(ui, c)}
      ${ui.translating.current(c.id)
        ? nothing
        : html`<div class="reply-tools">
            <span class="soft">${t("reply_keys")}</span>
            ${previewButton(ui, c, draft)}
            <button class="button primary" ?disabled=${!draft.trim()}>${icons.send()}${t("send")}</button>
          </div>`}
    </form>
  </footer>`;
}
