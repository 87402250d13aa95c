import { html, nothing, type TemplateResult } from "lit";
import { WARDS } from "../../widget/views/pickers.ts";
import type { IroiroConsole } from "../element.ts";
import type { Notice, NoticeDraft } from "../notices.ts";

const LOCALES = ["ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "tl", "ne", "pt", "es", "id", "th"] as const;
/** Pregnancy, then ages in months at which a range may begin or end. */
const AGES = [-1, 0, 3, 6, 12, 18, 24, 36, 48, 72, 84, 144, 180, 216];
const OLDEST = 227;

/** Local notices: the form for one, and all of them with how far each has come. */
export function noticesView(ui: IroiroConsole): TemplateResult {
  const { t, board } = ui;
  return html`<main class="page">
    <h1>${t("page_notices")}</h1>
    <p class="soft">${t("notices_about")}</p>
    ${formView(ui, board.editing)}
    <h2>${t("notices_list")}</h2>
    ${board.notices.length === 0 ? html`<p>${t("notices_none")}</p>` : nothing}
    ${board.notices.map((notice) => noticeView(ui, notice))}
  </main>`;
}

function noticeView(ui: IroiroConsole, notice: Notice): TemplateResult {
  const { t, board } = ui;
  const { matched, sent, missed, looked_at_all: all } = notice.progress;
  const title = notice.texts["ja"]?.title ?? "";
  const wards = notice.wards.length > 0 ? notice.wards.map((w) => t(`ward_${w}`)).join(", ") : t("notices_all_wards");
  return html`<article class="card stack notice" data-id=${notice.id}>
    <h3>${title}</h3>
    <p class="soft">
      <b>${t(`notice_${notice.state}`)}</b> · ${wards} · ${age(ui, notice.from_months)}–${age(ui, notice.to_months)} · ${notice.starts_on}–${notice.ends_on} ·
      ${Object.keys(notice.texts).join(", ")}
    </p>
    ${notice.state === "draft"
      ? nothing
      : html`<label
          >${t(all ? "notice_progress" : "notice_progress_looking", { sent, matched, missed })}
          <progress max=${Math.max(matched, 1)} value=${sent + missed}></progress
        ></label>`}
    <div class="row">
      ${notice.state === "draft"
        ? html`<button class="button" @click=${() => board.edit(notice)}>${t("notice_edit")}</button>
            <button class="button primary" @click=${() => confirm(t("notice_send_sure", { title })) && void board.act(notice, "send")}>${t("notice_send")}</button>`
        : nothing}
      ${notice.state === "sending" ? html`<button class="button" @click=${() => void board.act(notice, "stop")}>${t("notice_stop")}</button>` : nothing}
      ${notice.state === "stopped" ? html`<button class="button" @click=${() => void board.act(notice, "send")}>${t("notice_go_on")}</button>` : nothing}
    </div>
  </article>`;
}

function formView(ui: IroiroConsole, notice: Notice | null): TemplateResult {
  const { t, board } = ui;
  return html`<form class="stack card" @submit=${(event: SubmitEvent) => void save(ui, event)}>
    <h2>${t(notice ? "notice_edit" : "notice_new")}</h2>
    <fieldset>
      <legend>${t("notice_wards")}</legend>
      ${WARDS.map((ward) => html`<label class="inline"><input type="checkbox" name="ward" value=${ward} .checked=${notice?.wards.includes(ward) ?? false} />${t(`ward_${ward}`)}</label>`)}
    </fieldset>
    <label>${t("notice_from")}<select name="from">${AGES.map((m) => html`<option value=${m} ?selected=${m === (notice?.from_months ?? 0)}>${age(ui, m)}</option>`)}</select></label>
    <label
      >${t("notice_to")}<select name="to">
        ${[...AGES, OLDEST].map((m) => html`<option value=${m} ?selected=${m === (notice?.to_months ?? OLDEST)}>${age(ui, m)}</option>`)}
      </select></label
    >
    <label>${t("notice_starts")}<input type="date" name="starts_on" required .value=${notice?.starts_on ?? ""} /></label>
    <label>${t("notice_ends")}<input type="date" name="ends_on" required .value=${notice?.ends_on ?? ""} /></label>
    ${LOCALES.map((locale) => textView(ui, locale, notice))}
    <p class="error" role="alert">${board.problem}</p>
    <div class="row">
      <button class="button primary">${t("notice_save")}</button>
      ${notice ? html`<button type="button" class="button" @click=${() => board.edit(null)}>${t("cancel")}</button>` : nothing}
    </div>
  </form>`;
}

function textView(ui: IroiroConsole, locale: string, notice: Notice | null): TemplateResult {
  const { t } = ui;
  const text = notice?.texts[locale];
  const needed = locale === "ja";
  return html`<details ?open=${needed || locale === "ja-easy" || text !== undefined}>
    <summary>${t(`locale_${locale}`)}${needed ? html` <b>${t("notice_needed")}</b>` : nothing}</summary>
    <label>${t("notice_title")}<input name=${`title:${locale}`} maxlength="80" ?required=${needed} lang=${locale} .value=${text?.title ?? ""} /></label>
    <label>${t("notice_body")}<textarea name=${`body:${locale}`} rows="4" maxlength="1500" ?required=${needed} lang=${locale} .value=${text?.body ?? ""}></textarea></label>
  </details>`;
}

async function save(ui: IroiroConsole, event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const data = new FormData(form);
  const texts: NoticeDraft["texts"] = {};
  for (const locale of LOCALES) {
    const [title, body] = [String(data.get(`title:${locale}`) ?? ""), String(data.get(`body:${locale}`) ?? "")];
    if (title.trim() || body.trim()) texts[locale] = { title, body };
  }
  const saved = await ui.board.save({
    wards: data.getAll("ward").map(String),
    from_months: Number(data.get("from")),
    to_months: Number(data.get("to")),
    starts_on: String(data.get("starts_on")),
    ends_on: String(data.get("ends_on")),
    texts,
  });
  if (saved) form.reset();
}

function age(ui: IroiroConsole, months: number): string {
  const { t } = ui;
  if (months < 0) return t("age_unborn");
  return months < 24 ? t("age_months", { n: months }) : t("age_years", { n: Math.floor(months / 12) });
}
