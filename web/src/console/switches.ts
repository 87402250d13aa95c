import type { Api } from "../shared/api.ts";
import { ApiError } from "../shared/api.ts";

export interface Switch {
  scope: "all" | "web" | "line";
  off: boolean;
  reason: string;
  by: string | null;
  at: string | null;
}

export const SWITCH_ROLES = ["supervisor", "administrator"];

/** Where the machine's answers are switched off. Knows nothing of the screen. */
export class SwitchBoard {
  switches: Switch[] = [];
  problem = "";
  private readonly api: () => Api;
  private readonly onChange: () => void;

  constructor(api: () => Api, onChange: () => void) {
    this.api = api;
    this.onChange = onChange;
  }

  get anyOff(): boolean {
    return this.switches.some((s) => s.off);
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      this.switches = (await this.api().get<{ switches: Switch[] }>("/switches")).switches;
    });
  }

  async turn(scope: Switch["scope"], off: boolean, reason: string): Promise<boolean> {
    const done = await this.attempt(() => this.api().post<Switch>(`/switches/${scope}`, { off, reason }));
    if (done) await this.load();
    return done;
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message || error.code : String(error);
      return false;
    } finally {
      this.onChange();
    }
  }
}
