import type { Message, ServerEvent } from "../shared/types.ts";
import type { Alert, Case, CaseDetail, Level, Note, Person } from "./types.ts";

/** What the console knows, rebuilt from snapshots and events only. */
export interface ConsoleState {
  /** Last durable event applied; the stream resumes after it. */
  seq: number;
  cases: ReadonlyMap<string, Case>;
  /** Cases open in this browser, by id; only these hold messages, so memory does not grow with the queue. */
  details: ReadonlyMap<string, CaseDetail>;
  /** Alerts nobody here has acknowledged, oldest first. */
  alerts: readonly Alert[];
  /** Who looks at a case or writes in it. The server tells changes only, and everything anew on each connection. */
  presence: ReadonlyMap<string, readonly Presence[]>;
  /** Messages of residents not yet looked at, by case id. */
  unread: ReadonlyMap<string, number>;
}

export interface Presence {
  staff: Person;
  typing: boolean;
}

export const EMPTY: ConsoleState = {
  seq: 0,
  cases: new Map(),
  details: new Map(),
  alerts: [],
  presence: new Map(),
  unread: new Map(),
};

/** State from GET /cases. Open cases are kept: their own snapshots follow. */
export function fromSnapshot(state: ConsoleState, seq: number, cases: readonly Case[]): ConsoleState {
  return { ...state, seq, cases: new Map(cases.map((c) => [c.id, c])), alerts: state.alerts.filter((a) => cases.some((c) => c.id === a.case_id && c.state === "waiting")) };
}

export function withDetail(state: ConsoleState, detail: CaseDetail): ConsoleState {
  const details = new Map(state.details);
  const before = details.get(detail.case.id);
  // A message may have arrived by event while the snapshot was on its way.
  const messages = (before?.messages ?? []).reduce<Message[]>((all, m) => insert(all, m), [...detail.messages]);
  details.set(detail.case.id, { ...detail, messages });
  return withCase({ ...state, details }, detail.case);
}

export function withoutDetail(state: ConsoleState, id: string): ConsoleState {
  const details = new Map(state.details);
  details.delete(id);
  return { ...state, details };
}

/** One event. A durable event already applied changes nothing; an older version of a case never replaces a newer one. */
export function apply(state: ConsoleState, event: ServerEvent, me: Person, open: string | null): ConsoleState {
  if (event.id !== null && event.id <= state.seq) return state;
  const next = reduce(state, event, me, open);
  return event.id === null ? next : { ...next, seq: event.id };
}

function reduce(state: ConsoleState, { kind, data }: ServerEvent, me: Person, open: string | null): ConsoleState {
  switch (kind) {
    case "case": {
      const { change, ...fresh } = data as Case & { change?: string };
      const next = withCase(state, fresh);
      return change === "acknowledged" ? acknowledge(next, fresh.id) : next;
    }
    case "message": {
      const { case_id, message } = data as { case_id: string; message: Message };
      return withMessage(state, case_id, message, open);
    }
    case "translation": {
      const { case_id, message } = data as { case_id: string; message: Message };
      return withTranslation(state, case_id, message);
    }
    case "tombstone": {
      const { message_id } = data as { message_id: string };
      return eraseMessage(state, message_id);
    }
    case "note": {
      const { case_id, note } = data as { case_id: string; note: Note };
      return withNote(state, case_id, note);
    }
    case "alert": {
      const alert = data as Alert;
      if (state.alerts.some((a) => a.case_id === alert.case_id && a.level === alert.level)) return state;
      return { ...state, alerts: [...state.alerts.filter((a) => a.case_id !== alert.case_id), alert] };
    }
    case "presence": {
      const { case_id, staff, typing, viewing } = data as { case_id: string; staff: Person; typing?: boolean; viewing?: boolean };
      if (staff.id === me.id) return state;
      return withPresence(state, case_id, staff, typing ?? false, viewing ?? true);
    }
    default:
      return state;
  }
}

/** Applies a case snapshot unless it is older than the one held. */
export function withCase(state: ConsoleState, fresh: Case): ConsoleState {
  const held = state.cases.get(fresh.id);
  if (held && held.version > fresh.version) return state;
  const cases = new Map(state.cases);
  cases.set(fresh.id, fresh);
  dropOldClosed(cases, state.details);
  const details = new Map(state.details);
  const detail = details.get(fresh.id);
  if (detail) details.set(fresh.id, { ...detail, case: fresh });
  const alerts = fresh.state === "waiting" ? state.alerts : state.alerts.filter((a) => a.case_id !== fresh.id);
  const settled = fresh.state === "resolved" ? seen(state, fresh.id) : state;
  return { ...settled, cases, details, alerts };
}

/** Closed cases shown at most; older ones leave memory. */
const CLOSED_AT_MOST = 50;

function dropOldClosed(cases: Map<string, Case>, open: ReadonlyMap<string, CaseDetail>): void {
  const old = [...cases.values()].filter((c) => c.state === "resolved" && !open.has(c.id));
  if (old.length <= CLOSED_AT_MOST) return;
  old.sort((a, b) => (b.last_message_at ?? "").localeCompare(a.last_message_at ?? ""));
  for (const c of old.slice(CLOSED_AT_MOST)) cases.delete(c.id);
}

export function closed(state: ConsoleState): Case[] {
  return [...state.cases.values()].filter((c) => c.state === "resolved").sort((a, b) => (b.last_message_at ?? "").localeCompare(a.last_message_at ?? ""));
}

function withMessage(state: ConsoleState, caseId: string, message: Message, open: string | null): ConsoleState {
  const cases = new Map(state.cases);
  const held = cases.get(caseId);
  if (held) cases.set(caseId, { ...held, last_message_at: message.sent_at });
  const details = new Map(state.details);
  const detail = details.get(caseId);
  if (detail) details.set(caseId, { ...detail, messages: insert(detail.messages, message) });
  const unread = new Map(state.unread);
  if (message.author === "resident" && open !== caseId) unread.set(caseId, (unread.get(caseId) ?? 0) + 1);
  return { ...state, cases, details, unread };
}

/** A message that now has a translation. It is not new, so nothing counts as unread. */
export function withTranslation(state: ConsoleState, caseId: string, message: Message): ConsoleState {
  const detail = state.details.get(caseId);
  if (!detail) return state;
  return { ...state, details: new Map(state.details).set(caseId, { ...detail, messages: insert(detail.messages, message) }) };
}

function withNote(state: ConsoleState, caseId: string, note: Note): ConsoleState {
  const detail = state.details.get(caseId);
  if (!detail || detail.notes.some((n) => n.id === note.id)) return state;
  const details = new Map(state.details);
  details.set(caseId, { ...detail, notes: [...detail.notes, note] });
  return { ...state, details };
}

function eraseMessage(state: ConsoleState, messageId: string): ConsoleState {
  const details = new Map(state.details);
  for (const [id, detail] of details) {
    if (!detail.messages.some((m) => m.id === messageId)) continue;
    const messages = detail.messages.map((m) =>
      m.id === messageId ? { ...m, erased: true, parts: [], choices: [], translations: null, original: null } : m,
    );
    details.set(id, { ...detail, messages });
  }
  return { ...state, details };
}

function withPresence(state: ConsoleState, caseId: string, staff: Person, typing: boolean, viewing: boolean): ConsoleState {
  const presence = new Map(state.presence);
  for (const [id, list] of presence) {
    const kept = list.filter((p) => p.staff.id !== staff.id);
    if (kept.length) presence.set(id, kept);
    else presence.delete(id);
  }
  if (viewing && caseId) presence.set(caseId, [...(presence.get(caseId) ?? []), { staff, typing }]);
  return { ...state, presence };
}

/** `messages` with one more, by sequence number; a second copy (same id) replaces the first. */
export function insert(messages: readonly Message[], message: Message): Message[] {
  const others = messages.filter((m) => m.id !== message.id);
  let at = others.length;
  while (at > 0 && others[at - 1]!.seq > message.seq) at -= 1;
  return [...others.slice(0, at), message, ...others.slice(at)];
}

export function seen(state: ConsoleState, caseId: string): ConsoleState {
  if (!state.unread.has(caseId)) return state;
  const unread = new Map(state.unread);
  unread.delete(caseId);
  return { ...state, unread };
}

export function acknowledge(state: ConsoleState, caseId: string): ConsoleState {
  return { ...state, alerts: state.alerts.filter((a) => a.case_id !== caseId) };
}

const RANK: Record<Level, number> = { none: 0, concern: 1, high: 2, imminent: 3 };

/** Waiting cases in the order they are to be taken: a supervisor's priority, then risk, then the longest wait. */
export function queue(state: ConsoleState): Case[] {
  return [...state.cases.values()].filter((c) => c.state === "waiting").sort(byUrgency);
}

export function byUrgency(a: Case, b: Case): number {
  return (
    (b.priority ?? 0) - (a.priority ?? 0) ||
    RANK[b.level] - RANK[a.level] ||
    (a.waiting_since ?? a.opened_at).localeCompare(b.waiting_since ?? b.opened_at) ||
    a.id.localeCompare(b.id)
  );
}

/** Cases this person holds, the most recently written in first. */
export function mine(state: ConsoleState, me: Person): Case[] {
  return [...state.cases.values()]
    .filter((c) => c.state === "assigned" && c.assignee?.id === me.id)
    .sort((a, b) => (b.last_message_at ?? "").localeCompare(a.last_message_at ?? ""));
}

export function others(state: ConsoleState, me: Person): Case[] {
  return [...state.cases.values()].filter((c) => c.state === "assigned" && c.assignee?.id !== me.id).sort(byUrgency);
}
