import { ApiError, type Api } from "../shared/api.ts";

type Both = Record<"ja" | "en", string>;

export interface Scenario {
  id: string;
  level: string;
  category: string;
  title: Both;
  situation: Both;
}

export interface PracticeLine {
  from: "resident" | "trainee";
  text: string;
  /** The same in Japanese, where the line is in another language. */
  ja: string | null;
}

interface Step {
  state: string;
  answer: { text: string; ja: string | null };
  said?: { text: string; ja: string | null };
}

export interface Checklist {
  steps: { id: string; said: boolean; told: Both }[];
  mistakes: { id: string; told: Both }[];
  turns: number;
}

export const PRACTICE_ROLES = ["counsellor", "supervisor", "administrator"];

/** A practice talk with a synthetic resident. It lives in this page alone and is gone when the page is left. */
export class PracticeBoard {
  scenarios: Scenario[] = [];
  locales: string[] = [];
  running: { scenario: Scenario; locale: string } | null = null;
  lines: PracticeLine[] = [];
  checklist: Checklist | null = null;
  problem = "";
  busy = false;
  private state = "";
  private readonly api: () => Api;
  private readonly onChange: () => void;

  constructor(api: () => Api, onChange: () => void) {
    this.api = api;
    this.onChange = onChange;
  }

  async load(): Promise<void> {
    const found = await this.attempt(() => this.api().get<{ scenarios: Scenario[]; locales: string[] }>("/practice"));
    if (found) Object.assign(this, found);
    this.onChange();
  }

  async start(id: string, locale: string): Promise<boolean> {
    const scenario = this.scenarios.find((s) => s.id === id);
    const step = scenario && (await this.attempt(() => this.api().post<Step>("/practice/start", { scenario: id, locale })));
    if (scenario && step) {
      Object.assign(this, { running: { scenario, locale }, checklist: null, lines: [], state: step.state });
      this.add("resident", step.answer);
    }
    this.onChange();
    return Boolean(step);
  }

  async say(words: { text: string } | { phrase: { id: string; slots: Record<string, string> } }): Promise<boolean> {
    const step = await this.attempt(() => this.api().post<Step>("/practice/say", { state: this.state, ...words }));
    if (step) {
      this.state = step.state;
      if (step.said) this.add("trainee", step.said);
      this.add("resident", step.answer);
    }
    this.onChange();
    return step !== null;
  }

  async end(): Promise<void> {
    this.checklist = await this.attempt(() => this.api().post<Checklist>("/practice/end", { state: this.state }));
    this.onChange();
  }

  /** Forgets the talk. */
  drop(): void {
    Object.assign(this, { running: null, checklist: null, lines: [], state: "", problem: "" });
    this.onChange();
  }

  private add(from: PracticeLine["from"], line: { text: string; ja: string | null }): void {
    this.lines = [...this.lines, { from, ...line }];
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = "";
    this.onChange();
    try {
      return await work();
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message || error.code : String(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
