import { html, nothing, svg, type TemplateResult } from "lit";
import type { IroiroConsole } from "../element.ts";
import type { Figures } from "../figures.ts";

const BAR = 22;
const NAMES = 150;
const WIDTH = 420;
const MOST = 15;
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
const WAITS = ["60", "300", "900", "3600", "more"];

/** Statistics: numbers first, then one chart a question. Every chart is also a table for those who do not see it. */
export function figuresView(ui: IroiroConsole): TemplateResult {
  const { t, figureBoard: board } = ui;
  return html`<main class="page">
    <h1>${t("page_figures")}</h1>
    <form class="row" @submit=${(event: SubmitEvent) => choose(ui, event)}>
      <label>${t("figures_since")}<input type="date" name="since" required .value=${board.since} /></label>
      <label>${t("figures_until")}<input type="date" name="until" required .value=${board.until} /></label>
      <button class="button primary">${t("figures_show")}</button>
      <a class="button" href="/api/console/statistics/table.csv?${board.query}" download>${t("figures_csv")}</a>
    </form>
    <p class="error" role="alert">${board.problem}</p>
    ${reportView(ui)}
    ${board.figures ? allView(ui, board.figures) : nothing}
  </main>`;
}

/** The report of a fiscal year, as pages or as a table. */
function reportView(ui: IroiroConsole): TemplateResult {
  const { t, figureBoard: board, settings } = ui;
  const address = (kind: string): string => `/api/console/statistics/yearly.${kind}?year=${board.year}&language=${settings.language}`;
  return html`<div class="row" role="group" aria-labelledby="report-title">
    <h2 id="report-title">${t("report")}</h2>
    <label
      >${t("report_year")}<select
        @change=${(event: Event) => {
          board.year = Number((event.target as HTMLSelectElement).value);
          ui.requestUpdate();
        }}
      >
        ${board.years.map((year) => html`<option value=${year} ?selected=${year === board.year}>${t("report_of", { year })}</option>`)}
      </select></label
    >
    <a class="button" href=${address("pdf")} download>${t("report_pdf")}</a>
    <a class="button" href=${address("csv")} download>${t("report_csv")}</a>
  </div>`;
}

function choose(ui: IroiroConsole, event: SubmitEvent): void {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  void ui.figureBoard.load(String(form.get("since")), String(form.get("until")));
}

function allView(ui: IroiroConsole, found: Figures): TemplateResult {
  const { t } = ui;
  const seconds = (value: number | undefined): string => (value === undefined ? "–" : value < 90 ? t("seconds", { n: Math.round(value) }) : t("minutes", { n: Math.round(value / 60) }));
  const numbers: [string, string | number][] = [
    ["figures_messages", found.messages],
    ["figures_answered", found.answered_by_machine],
    ["figures_cases", found.cases],
    ["figures_median", seconds(found.waits_s.median)],
    ["figures_p90", seconds(found.waits_s.p90)],
    ["figures_never_claimed", found.never_claimed],
    ["figures_helpful", `${found.helpful} / ${found.helpful + found.not_helpful}`],
  ];
  const word = (prefix: string) => (key: string) => t(`${prefix}_${key}`);
  const plain = (key: string): string => key;
  return html`<dl class="numbers">${numbers.map(([key, value]) => html`<div><dt>${t(key)}</dt><dd>${value}</dd></div>`)}</dl>
    <div class="charts">
      ${chart(t("figures_by_day"), sorted(found.by_day), plain)} ${chart(t("figures_by_hour"), hours(found.by_hour), plain)}
      ${chart(t("figures_by_locale"), largest(found.by_locale), word("locale"))} ${chart(t("figures_by_outcome"), largest(found.by_outcome), word("told"))}
      ${chart(t("figures_by_article"), largest(found.by_article), plain)} ${chart(t("figures_cases_by_level"), largest(found.cases_by_level), word("level"))}
      ${chart(t("figures_cases_by_category"), largest(found.cases_by_category), word("category"))} ${chart(t("figures_cases_by_locale"), largest(found.cases_by_locale), word("locale"))}
      ${chart(t("figures_cases_by_hour"), hours(found.cases_by_hour), plain)} ${chart(t("figures_cases_by_outcome"), largest(found.cases_by_outcome), word("outcome"))}
      ${chart(t("figures_waits"), WAITS.map((key) => [key, found.waits[key] ?? 0]), word("wait"))}
    </div>`;
}

type Rows = [string, number][];

function sorted(counts: Record<string, number>): Rows {
  return Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)).slice(-31);
}

function largest(counts: Record<string, number>): Rows {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).slice(0, MOST);
}

function hours(counts: Record<string, number>): Rows {
  return HOURS.map((hour) => [hour, counts[hour] ?? 0]);
}

function chart(title: string, rows: Rows, name: (key: string) => string): TemplateResult | typeof nothing {
  const most = Math.max(...rows.map(([, count]) => count), 0);
  if (most === 0) return nothing;
  const height = rows.length * BAR;
  return html`<figure class="card chart">
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true">
      ${rows.map(([key, count], row) => {
        const long = ((WIDTH - NAMES - 50) * count) / most;
        return svg`<text class="name" x=${NAMES - 8} y=${row * BAR + 16}>${name(key)}</text>
          <rect x=${NAMES} y=${row * BAR + 4} width=${long} height=${BAR - 8} rx="2"></rect>
          <text x=${NAMES + long + 6} y=${row * BAR + 16}>${count}</text>`;
      })}
    </svg>
    <div class="hidden">
      <table>
        <caption>${title}</caption>
        ${rows.map(([key, count]) => html`<tr><th scope="row">${name(key)}</th><td>${count}</td></tr>`)}
      </table>
    </div>
  </figure>`;
}
