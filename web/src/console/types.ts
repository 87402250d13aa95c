import type { Message } from "../shared/types.ts";

/** The staff API as types (docs/web.md). */
export type Level = "none" | "concern" | "high" | "imminent";

export interface Person {
  id: string;
  name: string;
}

export interface Case {
  id: string;
  conversation_id: string;
  state: "waiting" | "assigned" | "resolved";
  version: number;
  level: Level;
  category: string;
  priority: number;
  locale: string;
  channel: string;
  opened_at: string;
  waiting_since: string | null;
  assignee: Person | null;
  lease_until: string | null;
  last_message_at: string | null;
  preview_locale?: string | null;
  tags: string[];
  reason?: string | null;
  queue_reason?: string | null;
  display_name?: string | null;
  acknowledged_at?: string | null;
  outcome?: string | null;
  transfer?: { to: Person; from?: Person } | null;
}

export interface Signal {
  id?: string;
  /** Start and end in code points of the message's text. */
  span: [number, number] | null;
  text?: string;
  rule: string;
  why?: string;
  locale: string;
  voice?: string | null;
  confidence?: number;
  guard?: string | null;
  category?: string;
  level?: Level;
}

export interface Assessment {
  message_id: string;
  level: Level;
  category: string | null;
  signals: Signal[];
  verdict?: "wrong" | "right" | null;
  created_at: string;
}

export interface Note {
  id: string;
  author: string | Person;
  text: string;
  at: string;
}

export interface CaseDetail {
  case: Case;
  messages: Message[];
  assessments: Assessment[];
  notes: Note[];
  resident: { locale: string; ward?: string | null; age?: string | number | null; channel: string; id_masked: string };
  earlier_cases: Case[];
  events: { kind?: string; change?: string | null; at?: string; by?: string | null }[];
}

export interface Me {
  id: string;
  name: string;
  login: string;
  role: "counsellor" | "supervisor" | "content_editor" | "administrator" | "auditor";
  csrf: string;
}

export interface StaffMember {
  id: string;
  login: string;
  name: string;
  role: Me["role"];
  active?: boolean;
  totp?: boolean;
  on_duty?: boolean;
  cases?: number;
  high?: number;
}

export interface Phrase {
  id: string;
  group: string;
  ja: string;
  slots: string[];
}

export interface AuditEntry {
  id: string | number;
  at: string;
  staff?: string | Person | null;
  action: string;
  object?: string | null;
  detail?: unknown;
}

export interface Alert {
  case_id: string;
  level: Level;
  category: string;
  locale: string;
}
