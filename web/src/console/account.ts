import type { Api } from "../shared/api.ts";
import { ApiError } from "../shared/api.ts";
import { pushPossible, subscribe } from "../family/push.ts";

export interface OwnSession {
  id: string;
  agent: string;
  since: string;
  last_seen: string;
  this: boolean;
}

export interface AlertAddress {
  id: string;
  kind: "push" | "email";
  address: string;
  language: string;
}

interface Own {
  totp: boolean;
  recovery_codes_left: number;
  sessions: OwnSession[];
}

interface AlertWays {
  push_key: string;
  email: boolean;
  webhook: boolean;
  repeat_seconds: number;
  escalate_seconds: number;
  addresses: AlertAddress[];
}

type Outcome = Record<string, { sent: number; failed: number }>;

export const ALERT_ROLES = ["counsellor", "supervisor", "administrator"];
const TEST_LOOKS = 20;
const TEST_LOOK_MS = 1_000;

/** One's own account as the server has it. Knows nothing of the screen. */
export class AccountBoard {
  own: Own | null = null;
  ways: AlertWays | null = null;
  /** A phone being enrolled: its secret is shown until a code confirms it. */
  enrolling: { secret: string; uri: string; qr: string } | null = null;
  /** Shown once, never kept. */
  codes: string[] = [];
  /** Key of the words for what last went wrong, and what last went well. */
  problem = "";
  done = "";
  testing = false;
  /** Whose account is held; somebody else may have signed in since. */
  loadedFor = "";
  outcome: Outcome | null = null;
  private readonly api: () => Api;
  private readonly renewed: (csrf: string) => void;
  private readonly onChange: () => void;

  constructor(api: () => Api, renewed: (csrf: string) => void, onChange: () => void) {
    this.api = api;
    this.renewed = renewed;
    this.onChange = onChange;
  }

  get pushPossible(): boolean {
    return pushPossible(location.origin);
  }

  async load(me: { id: string; role: string }): Promise<void> {
    if (this.loadedFor !== me.id) this.own = this.ways = null;
    this.loadedFor = me.id;
    this.codes = [];
    this.enrolling = null;
    this.done = "";
    await this.attempt(async () => {
      await this.fetchOwn();
      if (ALERT_ROLES.includes(me.role)) await this.fetchWays();
    });
  }

  private async fetchOwn(): Promise<void> {
    this.own = await this.api().get<Own>("/account");
  }

  private async fetchWays(): Promise<void> {
    this.ways = await this.api().get<AlertWays>("/alert-addresses");
  }

  addBrowser(language: string): Promise<boolean> {
    return this.attempt(async () => {
      const browser = await subscribe(this.ways!.push_key);
      if (!browser) throw new ApiError(0, "push_denied", "");
      await this.api().post("/alert-addresses", { browser, language });
      await this.fetchWays();
    });
  }

  addEmail(email: string, language: string): Promise<boolean> {
    return this.attempt(async () => {
      await this.api().post("/alert-addresses", { email, language });
      await this.fetchWays();
    });
  }

  removeAddress(id: string): Promise<boolean> {
    return this.attempt(async () => {
      await this.api().post(`/alert-addresses/${id}/remove`);
      await this.fetchWays();
    });
  }

  /** Sends a test and waits for what became of it. */
  async test(): Promise<void> {
    this.testing = true;
    this.outcome = null;
    await this.attempt(async () => {
      const { id } = await this.api().post<{ id: string }>("/alert-addresses/test");
      for (let look = 0; look < TEST_LOOKS && this.outcome === null; look++) {
        await new Promise((resolve) => setTimeout(resolve, TEST_LOOK_MS));
        const told = await this.api().get<{ taken: boolean; outcome: Outcome }>(`/alert-addresses/test/${id}`);
        if (told.taken && (Object.keys(told.outcome).length > 0 || look > 2)) this.outcome = told.outcome;
      }
      if (this.outcome === null) throw new ApiError(0, "test_silent", "");
    });
    this.testing = false;
    this.onChange();
  }

  changePassword(current: string, fresh: string): Promise<boolean> {
    return this.attempt(async () => {
      this.renewed((await this.api().post<{ csrf: string }>("/account/password", { current, new: fresh })).csrf);
      await this.fetchOwn();
      this.done = "password_changed";
    });
  }

  beginTotp(password: string): Promise<boolean> {
    return this.attempt(async () => {
      this.enrolling = await this.api().post("/account/totp", { password });
    });
  }

  confirmTotp(code: string): Promise<boolean> {
    return this.attempt(async () => {
      const made = await this.api().post<{ recovery_codes: string[]; csrf: string }>("/account/totp/confirm", { code });
      this.renewed(made.csrf);
      this.codes = made.recovery_codes;
      this.enrolling = null;
      await this.fetchOwn();
    });
  }

  removeTotp(password: string): Promise<boolean> {
    return this.attempt(async () => {
      await this.api().post("/account/totp/remove", { password });
      this.codes = [];
      await this.fetchOwn();
    });
  }

  newCodes(password: string): Promise<boolean> {
    return this.attempt(async () => {
      this.codes = (await this.api().post<{ recovery_codes: string[] }>("/account/recovery-codes", { password })).recovery_codes;
      await this.fetchOwn();
    });
  }

  endSession(id: string | null): Promise<boolean> {
    return this.attempt(async () => {
      await this.api().post(id === null ? "/account/sessions/end-others" : `/account/sessions/${id}/end`);
      await this.fetchOwn();
    });
  }

  private async attempt(work: () => Promise<void>): Promise<boolean> {
    this.problem = this.done = "";
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = error instanceof ApiError ? wordFor(error) : "problem_server";
      return false;
    } finally {
      this.onChange();
    }
  }
}

function wordFor(error: ApiError): string {
  const known: Record<string, string> = {
    wrong_password: "password_wrong",
    bad_code: "code_wrong",
    weak_password: "password_rule",
    push_denied: "push_denied",
    test_silent: "alert_test_silent",
    too_many: "addresses_full",
  };
  return known[error.code] ?? { 0: "problem_unreachable", 422: "problem_refused", 429: "problem_slow" }[error.status] ?? "problem_server";
}
