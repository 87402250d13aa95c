import type { Block, Facility, HotlinesPart } from "../../shared/types.ts";
import type { Person } from "../types.ts";

export type { Block };
export type Path = (string | number)[];

export interface Item {
  item: string;
  title: string;
  category: string;
  needs_second: boolean;
  open: number;
  stale: number;
}

export interface Problem {
  file: string;
  line: number;
  field: string;
  message: string;
  remedy: string;
}

export interface DraftFile {
  path: string;
  locale: string | null;
  base: string;
  text: string;
  diff: string;
}

export interface Draft {
  id: string;
  item: string;
  title?: string;
  summary: string;
  state: "draft" | "proposed" | "approved" | "published" | "discarded";
  version: number;
  needs_second: boolean;
  author: Person;
  contributors: Person[];
  reason: string;
  updated_at: string;
  approved_by: Person | null;
  number: number | null;
  published_by: Person | null;
  published_at: string | null;
  files?: DraftFile[];
  /** Files somebody else has published a change of since this one began. */
  moved?: string[];
}

export interface StaleFact {
  item: string;
  part: string;
  reason: "expired" | "ends_soon" | "to_confirm" | "unverified" | "old_source";
  date: string;
  states: string;
}

export interface Question {
  question: string;
  count: number;
  locales: Record<string, number>;
  last: string | null;
}

export interface FactForm {
  id: string;
  slot: string | null;
  fields: { path: Path; label: string; type: string; value: unknown }[];
}

export interface Outline {
  facts?: FactForm[];
  columns?: string[];
  rows?: Record<string, string>[];
  words?: { key: string; says: string; ja: string; text: string }[];
}

export type Preview =
  | { type: "text"; text: string }
  | { type: "article"; title: string; summary: string; blocks: Block[]; sources: { label: string; url: string | null; date: string | null }[]; as_of: string; to_confirm: string; fallback: string; offices: { name: string; phone: string }[] }
  | HotlinesPart
  | { type: "facilities"; items: Facility[] };
