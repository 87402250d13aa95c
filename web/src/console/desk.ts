import { Api, ApiError } from "../shared/api.ts";
import { newId } from "../shared/id.ts";
import { EventStream, type LinkState } from "../shared/stream.ts";
import type { HotlinesPart, Message, ServerEvent } from "../shared/types.ts";
import { Alarm } from "./alarm.ts";
import { EMPTY, acknowledge, apply, fromSnapshot, mine, seen, withCase, withDetail, withoutDetail, withTranslation, type ConsoleState } from "./state.ts";
import type { Assessment, AuditEntry, Case, CaseDetail, Me, Phrase, StaffMember } from "./types.ts";

/** A message of ours on its way; kept until the server shows it back. */
export interface Outgoing {
  client_id: string;
  text: string;
  problem: string | null;
  message_id?: string;
}

const HEARTBEAT_MS = 25_000;
const PRESENCE_MS = 20_000;
/** A counsellor who has not touched the console for this long no longer holds their cases: the lease may run out. */
const AWAY_MS = 10 * 60_000;
/** Conversations held in memory at once. */
const OPEN_AT_MOST = 12;

/** The staff API and its event stream as the console uses them. Knows nothing of the screen. */
export class Desk {
  state: ConsoleState = EMPTY;
  /** null: signed out; undefined: not known yet. */
  me: Me | null | undefined = undefined;
  link: LinkState = "idle";
  open: string | null = null;
  drafts = new Map<string, string>();
  outgoing = new Map<string, Outgoing[]>();
  phrases: Phrase[] = [];
  hotlines: HotlinesPart | null = null;
  staff: StaffMember[] = [];
  audit: AuditEntry[] = [];
  onDuty: boolean | null = null;
  /** What last went wrong, as a key of the words; shown until the next action. */
  problem: { key: string; name?: string } | null = null;
  readonly alarm = new Alarm();
  soundOn = true;

  readonly api: Api;
  private readonly stream: EventStream;
  private readonly onChange: () => void;
  private timers: ReturnType<typeof setInterval>[] = [];
  private lastTouch = Date.now();
  private typing = false;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private readable = true;
  private told = new Map<string, number>();
  private refreshing = new Set<string>();

  constructor(onChange: () => void) {
    this.onChange = onChange;
    this.api = new Api({
      base: "/api/console",
      credentials: "same-origin",
      headers: (): Record<string, string> => (this.me ? { "X-CSRF-Token": this.me.csrf } : {}),
    });
    this.stream = new EventStream({
      api: this.api,
      after: () => this.state.seq,
      onEvent: (event) => this.onEvent(event),
      onState: (state) => {
        this.link = state;
        if (state === "live") this.state = { ...this.state, presence: new Map() };
        this.onChange();
      },
      onRefused: (status) => (status === 401 ? this.signedOut() : void this.reload()),
    });
  }

  get away(): boolean {
    return Date.now() - this.lastTouch > AWAY_MS;
  }

  touch(): void {
    const wasAway = this.away;
    this.lastTouch = Date.now();
    if (wasAway) this.beat();
  }

  /** Finds out who is signed in, and begins. */
  async begin(): Promise<void> {
    try {
      this.me = await this.api.get<Me>("/me");
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) this.me = null;
      else setTimeout(() => void this.begin(), 3_000);
      this.onChange();
      return;
    }
    await this.reload();
    this.timers = [
      setInterval(() => this.beat(), HEARTBEAT_MS),
      setInterval(() => this.tellPresence(), PRESENCE_MS),
      setInterval(() => this.onChange(), 10_000),
    ];
    void this.loadExtras();
    this.onChange();
  }

  async setUp(token: string, login: string, name: string, password: string): Promise<void> {
    await this.api.post("/setup", { token, login, name, password });
    await this.begin();
    if (!this.me) await this.signIn(login, password);
  }

  async signIn(login: string, password: string, totp?: string): Promise<void> {
    await this.api.post("/login", { login, password, ...(totp ? { totp } : {}) });
    await this.begin();
  }

  /** The name of the provider one may sign in with instead, if there is one. */
  async provider(): Promise<string | null> {
    const answer = await this.api.get<{ oidc?: string | null }>("/setup").catch(() => null);
    return answer?.oidc ?? null;
  }

  async signOut(): Promise<void> {
    await this.api.post("/logout").catch(() => undefined);
    this.signedOut();
  }

  /** The server has put the session under a new cookie; writes need its new token. */
  renew(csrf: string): void {
    if (this.me) this.me = { ...this.me, csrf };
  }

  private signedOut(): void {
    this.me = null;
    this.stream.stop();
    this.alarm.stop();
    for (const timer of this.timers) clearInterval(timer);
    this.timers = [];
    this.state = EMPTY;
    this.onChange();
  }

  /** Fresh snapshot, then the stream from there. Open conversations are fetched again. */
  async reload(): Promise<void> {
    this.stream.stop();
    if (this.me?.role === "content_editor") return; // who reads no cases
    const loaded = await this.attempt(() => this.api.get<{ seq: number; cases: Case[]; on_duty?: boolean }>("/cases"));
    if (!loaded) {
      if (this.me) setTimeout(() => void this.reload(), 3_000);
      return;
    }
    this.state = fromSnapshot(this.state, loaded.seq, loaded.cases);
    this.onDuty = loaded.on_duty ?? null;
    for (const c of loaded.cases) {
      if (c.state === "waiting" && (c.level === "high" || c.level === "imminent") && !c.acknowledged_at && !this.state.alerts.some((a) => a.case_id === c.id)) {
        this.state = { ...this.state, alerts: [...this.state.alerts, { case_id: c.id, level: c.level, category: c.category, locale: c.locale }] };
      }
    }
    this.sound();
    this.stream.start();
    const open = [...this.state.details.keys()];
    if (this.open && !open.includes(this.open)) open.push(this.open);
    await Promise.all(open.map((id) => this.fetchDetail(id)));
    this.onChange();
  }

  async show(id: string | null): Promise<void> {
    this.open = id;
    this.problem = null;
    this.typing = false;
    if (id) {
      this.state = seen(this.state, id);
      this.tellPresence();
      this.onChange();
      await this.fetchDetail(id);
      this.forgetOld();
    } else {
      this.tellPresence();
    }
    this.onChange();
  }

  private forgetOld(): void {
    const held = [...this.state.details.keys()].filter((id) => id !== this.open && this.state.cases.get(id)?.assignee?.id !== this.me?.id);
    for (const id of held.slice(0, Math.max(0, this.state.details.size - OPEN_AT_MOST))) this.state = withoutDetail(this.state, id);
  }

  async fetchDetail(id: string): Promise<void> {
    if (this.refreshing.has(id)) return;
    this.refreshing.add(id);
    const detail = await this.attempt(() => this.api.get<CaseDetail>(`/cases/${id}`)).finally(() => this.refreshing.delete(id));
    if (detail) this.state = withDetail(this.state, detail);
    this.onChange();
  }

  async takeNext(): Promise<string | null> {
    const taken = await this.attempt(() => this.api.post<Case | undefined>("/cases/take-next"));
    if (!taken) return null;
    this.state = acknowledge(withCase(this.state, taken), taken.id);
    this.sound();
    return taken.id;
  }

  claim(id: string): Promise<boolean> {
    return this.change(id, "claim");
  }

  release(id: string): Promise<boolean> {
    return this.change(id, "release");
  }

  resolve(id: string, outcome: string, note: string): Promise<boolean> {
    return this.change(id, "resolve", { outcome, note });
  }

  transfer(id: string, to: string): Promise<boolean> {
    return this.change(id, "transfer", { to });
  }

  answerTransfer(id: string, accept: boolean): Promise<boolean> {
    return this.change(id, accept ? "transfer/accept" : "transfer/decline");
  }

  setTags(id: string, tags: string[]): Promise<boolean> {
    return this.change(id, "tags", { tags });
  }

  /** Runs one change of a case; a lost race shows the case as it stands now. */
  private async change(id: string, action: string, body: Record<string, unknown> = {}): Promise<boolean> {
    this.problem = null;
    const version = this.state.cases.get(id)?.version ?? 1;
    try {
      const fresh = await this.api.post<Case | undefined>(`/cases/${id}/${action}`, { version, ...body });
      if (fresh && typeof fresh === "object" && "version" in fresh) this.state = withCase(this.state, fresh);
      this.sound();
      this.onChange();
      return true;
    } catch (error) {
      this.explain(error);
      return false;
    }
  }

  /** Sends a reply: as text, as a phrase of the book, or with a translation. It shows at once, marked as on its way. */
  async reply(id: string, text: string, phrase?: { id: string; slots: Record<string, string> }, translation?: string): Promise<void> {
    const entry: Outgoing = { client_id: newId(), text, problem: null };
    this.outgoing.set(id, [...(this.outgoing.get(id) ?? []), entry]);
    this.setTyping(false);
    this.onChange();
    try {
      const version = this.state.cases.get(id)?.version;
      const body = { client_id: entry.client_id, version, ...(phrase ? { phrase } : { text, translation }) };
      const sent = await this.api.post<{ message_id: string }>(`/cases/${id}/messages`, body);
      this.patch(id, entry.client_id, { message_id: sent.message_id });
      this.settle(id);
    } catch (error) {
      this.explain(error);
      this.patch(id, entry.client_id, { problem: this.problem?.key ?? "problem_unreachable" });
      this.onChange();
    }
  }

  /** Takes a reply that failed off the list and gives its words back. */
  takeBack(id: string, clientId: string): string {
    const list = this.outgoing.get(id) ?? [];
    this.outgoing.set(id, list.filter((e) => e.client_id !== clientId));
    this.onChange();
    return list.find((e) => e.client_id === clientId)?.text ?? "";
  }

  async note(id: string, text: string): Promise<boolean> {
    const note = await this.attempt(() => this.api.post<CaseDetail["notes"][number]>(`/cases/${id}/notes`, { text }));
    if (note) this.state = apply(this.state, { id: null, kind: "note", data: { case_id: id, note } }, this.me!, this.open);
    this.onChange();
    return note !== null;
  }

  /** One tap: this message was flagged wrongly (or rightly). */
  async mark(id: string, assessment: Assessment, verdict: "wrong" | "right", reason = ""): Promise<void> {
    const done = await this.attempt(() => this.api.post(`/cases/${id}/mark`, { message_id: assessment.message_id, verdict, reason }).then(() => true));
    const detail = this.state.details.get(id);
    if (done && detail) {
      const assessments = detail.assessments.map((a) => (a.message_id === assessment.message_id ? { ...a, verdict } : a));
      this.state = { ...this.state, details: new Map(this.state.details).set(id, { ...detail, assessments }) };
    }
    this.onChange();
  }

  async acknowledge(caseId: string): Promise<void> {
    this.state = acknowledge(this.state, caseId);
    this.sound();
    this.onChange();
    await this.api.post(`/alerts/${caseId}/ack`).catch(() => undefined);
  }

  showTranslation(id: string, message: Message): void {
    this.state = withTranslation(this.state, id, message);
    this.onChange();
  }

  write(id: string, text: string): void {
    this.drafts.set(id, text);
    this.setTyping(text.trim() !== "");
    this.onChange();
  }

  async loadStaff(): Promise<void> {
    const answer = await this.attempt(() => this.api.get<{ staff: StaffMember[] } | StaffMember[]>("/staff"));
    if (answer) this.staff = Array.isArray(answer) ? answer : answer.staff;
    this.onChange();
  }

  async addStaff(member: { login: string; name: string; role: string; password: string }): Promise<boolean> {
    const added = await this.attempt(() => this.api.post("/staff", member).then(() => true));
    if (added) await this.loadStaff();
    return added !== null;
  }

  /** Role, disabling or enabling, or the second factor of a colleague. */
  async changeStaff(id: string, change: { role?: string; active?: boolean } | "totp/remove"): Promise<boolean> {
    const [path, body] = typeof change === "string" ? [`/staff/${id}/${change}`, {}] : [`/staff/${id}`, change];
    const done = await this.attempt(() => this.api.post(path, body).then(() => true));
    await this.loadStaff();
    return done !== null;
  }

  async loadAudit(more = false): Promise<void> {
    const before = more ? this.audit.at(-1)?.id : undefined;
    const answer = await this.attempt(() => this.api.get<{ entries: AuditEntry[] }>(`/audit?limit=50${before === undefined ? "" : `&before=${before}`}`));
    if (answer) this.audit = more ? [...this.audit, ...answer.entries] : answer.entries;
    this.onChange();
  }

  verifyAudit(): Promise<{ checked: number; broken_at: number | null; whole: boolean } | null> {
    return this.attempt(() => this.api.get("/audit/verify"));
  }

  /** Sounds while there is an alert, silent otherwise. */
  sound(): void {
    if (this.soundOn && this.state.alerts.length > 0) this.alarm.start(this.state.alerts.some((a) => a.level === "imminent"));
    else this.alarm.stop();
  }

  private async loadExtras(): Promise<void> {
    const [phrases, hotlines] = await Promise.all([
      this.api.get<Phrase[] | { phrases: Phrase[] }>("/phrases").catch(() => []),
      this.api.get<HotlinesPart>("/hotlines?locale=ja").catch(() => null),
    ]);
    this.phrases = Array.isArray(phrases) ? phrases : phrases.phrases;
    this.hotlines = hotlines;
    this.onChange();
  }

  private onEvent(event: ServerEvent): void {
    if (event.kind === "reset") return void this.reload();
    const before = this.state;
    this.state = apply(before, event, this.me!, this.open);
    if (this.state === before) return;
    const data = event.data as { case_id?: string; note?: unknown; message?: { id: string }; assessments?: Assessment[] };
    if (event.kind === "note" && !data.note && data.case_id && this.state.details.has(data.case_id)) void this.fetchDetail(data.case_id);
    if (event.kind === "message" && data.case_id) {
      this.addAssessments(data.case_id, data.assessments ?? []);
      this.tellRead(data.case_id);
      this.settle(data.case_id);
    }
    if (this.state.alerts !== before.alerts) this.sound();
    this.onChange();
  }

  private addAssessments(id: string, fresh: Assessment[]): void {
    const detail = this.state.details.get(id);
    if (!detail || fresh.length === 0) return;
    const kept = detail.assessments.filter((a) => !fresh.some((f) => f.message_id === a.message_id));
    this.state = { ...this.state, details: new Map(this.state.details).set(id, { ...detail, assessments: [...kept, ...fresh] }) };
  }

  /** The resident is told that a person has read the message, when one has it on the screen. */
  tellRead(id: string): void {
    const last = this.state.details.get(id)?.messages.findLast((m) => m.author === "resident");
    if (!this.readable || id !== this.open || !last || document.visibilityState !== "visible" || (this.told.get(id) ?? 0) >= last.seq) return;
    this.told.set(id, last.seq);
    this.api.post(`/cases/${id}/read`, { up_to: last.seq }).catch((error: unknown) => {
      if (error instanceof ApiError && (error.status === 404 || error.status === 405)) this.readable = false; // an older server
    });
  }

  /** Drops outgoing entries the conversation already shows. */
  private settle(id: string): void {
    const messages = this.state.details.get(id)?.messages ?? [];
    const left = (this.outgoing.get(id) ?? []).filter((e) => !messages.some((m) => m.id === e.message_id || m.client_id === e.client_id));
    this.outgoing.set(id, left);
    this.onChange();
  }

  private patch(id: string, clientId: string, change: Partial<Outgoing>): void {
    this.outgoing.set(id, (this.outgoing.get(id) ?? []).map((e) => (e.client_id === clientId ? { ...e, ...change } : e)));
  }

  private setTyping(typing: boolean): void {
    clearTimeout(this.typingTimer);
    if (typing) this.typingTimer = setTimeout(() => this.setTyping(false), 6_000);
    if (typing === this.typing) return;
    this.typing = typing;
    this.tellPresence();
  }

  private tellPresence(): void {
    if (!this.me || this.link !== "live") return;
    void this.api.post("/presence", { case_id: this.open, typing: this.typing }).catch(() => undefined);
  }

  private beat(): void {
    if (!this.me || this.away) return;
    for (const held of mine(this.state, this.me)) {
      this.api.post<Case | undefined>(`/cases/${held.id}/heartbeat`).then(
        (fresh) => fresh && "version" in fresh && (this.state = withCase(this.state, fresh)),
        (error: unknown) => error instanceof ApiError && error.status === 409 && this.explain(error),
      );
    }
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      this.problem = null;
      return await work();
    } catch (error) {
      this.explain(error);
      return null;
    }
  }

  private explain(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return this.signedOut();
    const fresh = (error.body as { case?: Case } | undefined)?.case;
    if (fresh) this.state = withCase(this.state, fresh);
    const owner = fresh?.assignee?.name;
    const key = { 0: "problem_unreachable", 403: "problem_forbidden", 404: "problem_gone", 409: "problem_taken", 429: "problem_slow" }[error.status];
    this.problem = { key: key ?? (error.status >= 500 ? "problem_server" : "problem_refused"), ...(owner ? { name: owner } : {}) };
    this.onChange();
  }
}
