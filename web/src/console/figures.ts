import type { Api } from "../shared/api.ts";
import { ApiError } from "../shared/api.ts";

type Counts = Record<string, number>;

export interface Figures {
  since: string;
  until: string;
  messages: number;
  answered_by_machine: number;
  cases: number;
  never_claimed: number;
  helpful: number;
  not_helpful: number;
  waits_s: Partial<Record<"median" | "p90" | "longest", number>>;
  by_day: Counts;
  by_hour: Counts;
  by_locale: Counts;
  by_channel: Counts;
  by_outcome: Counts;
  by_article: Counts;
  cases_by_level: Counts;
  cases_by_category: Counts;
  cases_by_locale: Counts;
  cases_by_hour: Counts;
  cases_by_outcome: Counts;
  waits: Counts;
}

export const FIGURE_ROLES = ["supervisor", "administrator", "auditor"];
const DAY_MS = 86_400_000;

/** The statistics of a period. Knows nothing of the screen. */
export class FigureBoard {
  figures: Figures | null = null;
  problem = "";
  since = day(Date.now() - 29 * DAY_MS);
  until = day(Date.now());
  /** The fiscal year of the report, and those that can be chosen: they begin in April. */
  year = fiscalYear(day(Date.now()));
  readonly years = [0, 1, 2, 3, 4].map((back) => this.year - back);
  private readonly api: () => Api;
  private readonly onChange: () => void;

  constructor(api: () => Api, onChange: () => void) {
    this.api = api;
    this.onChange = onChange;
  }

  get query(): string {
    return `since=${this.since}&until=${this.until}`;
  }

  async load(since = this.since, until = this.until): Promise<void> {
    this.since = since;
    this.until = until;
    this.problem = "";
    try {
      this.figures = await this.api().get<Figures>(`/statistics?${this.query}`);
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message || error.code : String(error);
    }
    this.onChange();
  }
}

function fiscalYear(today: string): number {
  const [year = 0, month = 1] = today.split("-").map(Number);
  return month >= 4 ? year : year - 1;
}

/** Today in Japan, as the service counts its days. */
function day(at: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(new Date(at));
}
