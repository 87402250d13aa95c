import { html, nothing, type TemplateResult } from "lit";
import { icons } from "../../shared/icons.ts";
import type { Hotline } from "../../shared/types.ts";
import type { IroiroConsole } from "../element.ts";
import type { Assessment, CaseDetail, Phrase } from "../types.ts";
import { clock } from "../words.ts";
import { levelBadge, localeName } from "./badges.ts";
import { PANELS } from "./case.ts";
import { markedText } from "./parts.ts";

/** Beside the conversation: why it is here and who it is, phrases, telephone lines, notes. */
export function sideView(ui: IroiroConsole): TemplateResult | typeof nothing {
  const { t, desk } = ui;
  const detail = desk.open ? desk.state.details.get(desk.open) : undefined;
  if (!detail) return nothing;
  const body = { why: whyView, phrases: phrasesView, hotlines: hotlinesView, notes: notesView }[ui.panel];
  return html`<aside class="side ${ui.panelOpen ? "over" : ""}" aria-label=${t("panels")}>
    <div class="side-tabs" role="group" aria-label=${t("panels")}>
      ${PANELS.map(
        ({ panel, key }) => html`<button class="small" aria-pressed=${panel === ui.panel} title=${key} @click=${() => ui.showPanel(panel)}>${t(`panel_${panel}`)}</button>`,
      )}
      <button
        class="tool side-close"
        aria-label=${t("close")}
        @click=${() => {
          ui.panelOpen = false;
          ui.requestUpdate();
        }}
      >
        ${icons.exit()}
      </button>
    </div>
    <div class="side-body">${body(ui, detail)}</div>
  </aside>`;
}

/** Words for a value of the server; one this version does not know is shown as it is. */
function worded(ui: IroiroConsole, kind: string, value: string): string {
  const key = `${kind}_${value}`;
  const words = ui.t(key);
  return words === key ? value : words;
}

function whyView(ui: IroiroConsole, detail: CaseDetail): TemplateResult {
  const { t, settings } = ui;
  const flagged = detail.assessments.filter((a) => a.level !== "none");
  const { resident } = detail;
  const facts: [string, string | number | null | undefined][] = [
    ["language", localeName(ui, resident.locale)],
    ["ward", resident.ward ? t(`ward_${resident.ward}`) : null],
    ["age", resident.age],
    ["channel", resident.channel],
    ["id_masked", resident.id_masked],
  ];
  return html`<h2 tabindex="-1" data-first>${t("why_flagged")}</h2>
    ${detail.case.reason ? html`<p class="soft">${t("opened_because")}: ${worded(ui, "reason", detail.case.reason)}</p>` : nothing}
    ${flagged.length === 0 ? html`<p class="soft">${t("not_flagged")}</p>` : flagged.map((a) => assessmentView(ui, detail, a))}
    <h2>${t("resident")}</h2>
    <dl>
      ${facts.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([key, value]) => html`<dt>${t(key)}</dt><dd>${value}</dd>`)}
    </dl>
    <h2>${t("tags")}</h2>
    ${tagsView(ui, detail)}
    ${detail.earlier_cases.length > 0
      ? html`<h2>${t("earlier_cases")}</h2>
          <ul class="earlier">
            ${detail.earlier_cases.map((c) => html`<li><a href="#case/${c.id}">${clock(c.opened_at, settings.language)} ${t(`category_${c.category}`)}</a> ${levelBadge(ui, c.level)}</li>`)}
          </ul>`
      : nothing}
    ${detail.events.length > 0
      ? html`<details>
          <summary>${t("history")}</summary>
          <ul class="history">
            ${detail.events.map((e) => html`<li><time>${e.at ? clock(e.at, settings.language) : ""}</time> ${worded(ui, "change", e.change ?? e.kind ?? "")} ${e.by ?? ""}</li>`)}
          </ul>
        </details>`
      : nothing}`;
}

function assessmentView(ui: IroiroConsole, detail: CaseDetail, a: Assessment): TemplateResult {
  const { t, desk, settings } = ui;
  const message = detail.messages.find((m) => m.id === a.message_id);
  const text = message?.parts.find((p) => p.type === "text");
  return html`<section class="why ${a.level}">
    <p>${levelBadge(ui, a.level)} ${a.category ? t(`category_${a.category}`) : ""} <time>${clock(a.created_at, settings.language)}</time></p>
    ${text ? html`<blockquote dir="auto">${markedText(text.text, a)}</blockquote>` : nothing}
    <ul>
      ${a.signals.map(
        (s) => html`<li>
          ${s.why ? html`<p>${s.why}</p>` : nothing}
          <p class="soft">
            <code>${s.rule}</code> · ${localeName(ui, s.locale)} · ${t(`voice_${s.voice ?? "phrase"}`)}
            ${s.confidence !== undefined && s.confidence < 1 ? html`· ${Math.round(s.confidence * 100)} %` : nothing}
          </p>
        </li>`,
      )}
    </ul>
    ${a.verdict
      ? html`<p class="soft" role="status">${icons.check()} ${t(`verdict_${a.verdict}`)}</p>`
      : html`<button class="small" @click=${() => void desk.mark(detail.case.id, a, "wrong")}>${t("mark_wrong")}</button>`}
  </section>`;
}

function tagsView(ui: IroiroConsole, { case: c }: CaseDetail): TemplateResult {
  const { t, desk } = ui;
  return html`<p class="tags">
      ${c.tags.map(
        (tag) => html`<span class="tag">${tag}<button aria-label=${t("remove_tag", { tag })} @click=${() => void desk.setTags(c.id, c.tags.filter((x) => x !== tag))}>×</button></span>`,
      )}
    </p>
    <form
      class="inline"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const tag = String(new FormData(form).get("tag") ?? "").trim();
        if (tag) void desk.setTags(c.id, [...new Set([...c.tags, tag])]);
        form.reset();
      }}
    >
      <input name="tag" aria-label=${t("add_tag")} placeholder=${t("add_tag")} maxlength="40" autocomplete="off" />
      <button class="small">${t("add")}</button>
    </form>`;
}

function phrasesView(ui: IroiroConsole, detail: CaseDetail): TemplateResult {
  const { t, desk } = ui;
  const needle = ui.phraseSearch.trim().toLowerCase();
  const found = desk.phrases.filter((p) => !needle || p.ja.toLowerCase().includes(needle) || p.group.toLowerCase().includes(needle) || p.id.includes(needle));
  const groups = [...new Set(found.map((p) => p.group))];
  const mayWrite = detail.case.assignee?.id === desk.me!.id;
  return html`<h2>${t("panel_phrases")}</h2>
    <p class="soft">${t("phrases_hint", { language: localeName(ui, detail.case.locale) })}</p>
    <input
      type="search"
      data-first
      aria-label=${t("phrases_search")}
      placeholder=${t("phrases_search")}
      .value=${ui.phraseSearch}
      @input=${(event: InputEvent) => {
        ui.phraseSearch = (event.target as HTMLInputElement).value;
        ui.requestUpdate();
      }}
    />
    ${found.length === 0 ? html`<p class="soft">${t("phrases_none")}</p>` : nothing}
    ${groups.map(
      (group) => html`<h3>${worded(ui, "phrases", group)}</h3>
        <ul class="phrases">
          ${found.filter((p) => p.group === group).map((p) => html`<li>${ui.filling === p.id ? slotsView(ui, detail, p) : phraseButton(ui, detail, p, mayWrite)}</li>`)}
        </ul>`,
    )}`;
}

function phraseButton(ui: IroiroConsole, detail: CaseDetail, p: Phrase, mayWrite: boolean): TemplateResult {
  return html`<button class="phrase" lang="ja" ?disabled=${!mayWrite} @click=${() => pick(ui, detail, p)}>${p.ja}</button>`;
}

function pick(ui: IroiroConsole, detail: CaseDetail, p: Phrase): void {
  if (p.slots.length > 0) {
    ui.filling = p.id;
    ui.requestUpdate();
    void ui.updateComplete.then(() => ui.focusOn(".slots input"));
  } else {
    void ui.desk.reply(detail.case.id, p.ja, { id: p.id, slots: {} });
  }
}

function slotsView(ui: IroiroConsole, detail: CaseDetail, p: Phrase): TemplateResult {
  const { t, desk } = ui;
  return html`<form
    class="slots"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      const form = new FormData(event.target as HTMLFormElement);
      const slots = Object.fromEntries(p.slots.map((slot) => [slot, String(form.get(slot) ?? "").trim()]));
      ui.filling = null;
      void desk.reply(detail.case.id, p.ja.replace(/\{(\w+)\}/g, (whole, name: string) => slots[name] ?? whole), { id: p.id, slots });
    }}
  >
    <p lang="ja">${p.ja}</p>
    ${p.slots.map((slot) => html`<label>${worded(ui, "slot", slot)}<input name=${slot} required .value=${slot === "name" ? desk.me!.name : ""} /></label>`)}
    <button class="button primary">${t("send")}</button>
    <button
      type="button"
      class="button"
      @click=${() => {
        ui.filling = null;
        ui.requestUpdate();
      }}
    >
      ${t("cancel")}
    </button>
  </form>`;
}

function hotlinesView(ui: IroiroConsole, detail: CaseDetail): TemplateResult {
  const { t, desk } = ui;
  const lines: Hotline[] = desk.hotlines ? [...desk.hotlines.urgent, ...desk.hotlines.items] : [];
  const insert = (h: Hotline): void => {
    const draft = desk.drafts.get(detail.case.id) ?? "";
    desk.write(detail.case.id, `${draft}${draft && !draft.endsWith("\n") ? "\n" : ""}${h.name} ${h.phone}`);
    ui.panelOpen = false;
    ui.focusOn("#reply");
  };
  return html`<h2 tabindex="-1" data-first>${t("panel_hotlines")}</h2>
    <ul class="lines">
      ${lines.map(
        (h) => html`<li>
          <p><b>${h.name}</b> ${h.open_now === null ? nothing : html`<span class=${h.open_now ? "open" : "shut"}>${t(h.open_now ? "open_now" : "closed_now")}</span>`}</p>
          <p class="number">${h.phone}</p>
          <p class="soft">${h.hours}${h.note ? html`<br />${h.note}` : nothing}</p>
          ${detail.case.assignee?.id === desk.me!.id ? html`<button class="small" @click=${() => insert(h)}>${t("insert")}</button>` : nothing}
        </li>`,
      )}
    </ul>`;
}

function notesView(ui: IroiroConsole, detail: CaseDetail): TemplateResult {
  const { t, desk, settings } = ui;
  return html`<h2>${t("panel_notes")}</h2>
    <p class="soft">${t("notes_hint")}</p>
    <form
      class="stack"
      @submit=${async (event: SubmitEvent) => {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const text = String(new FormData(form).get("note") ?? "").trim();
        if (text && (await desk.note(detail.case.id, text))) form.reset();
      }}
    >
      <textarea name="note" rows="4" required maxlength="10000" data-first aria-label=${t("note_new")}></textarea>
      <button class="button">${t("note_add")}</button>
    </form>
    <ul class="notes">
      ${[...detail.notes].reverse().map(
        (n) => html`<li><p class="soft">${typeof n.author === "string" ? n.author : n.author.name} · ${clock(n.at, settings.language)}</p><p class="text">${n.text}</p></li>`,
      )}
    </ul>`;
}
