/** The web API as types (docs/web.md). Everything the server sends is data: no field is ever put into a page as HTML. */

export interface Run {
  text: string;
  bold?: boolean;
  href?: string | null;
  ruby?: string;
}

export type Block =
  | { type: "heading" | "paragraph"; runs: Run[] }
  | { type: "list"; items: Run[][] };

export interface Hotline {
  name: string;
  phone: string;
  tel: string;
  hours: string;
  open_now: boolean | null;
  languages: string[];
  note?: string;
  url?: string | null;
}

export interface HotlinesPart {
  type: "hotlines";
  urgent: Hotline[];
  items: Hotline[];
}

export interface Facility {
  name: string;
  address: string;
  ward?: string;
  phone?: string;
  tel?: string;
  hours?: string;
  open_now?: boolean | null;
  map_url?: string | null;
  distance_m?: number | null;
}

export interface ArticlePart {
  type: "article";
  id: string;
  title: string;
  summary: string;
  blocks: Block[];
  sources: { label: string; url: string | null; date: string }[];
  as_of: string;
  to_confirm: boolean;
  offices: { name: string; phone: string; tel: string }[];
}

export type Part =
  | { type: "text"; text: string }
  | ArticlePart
  | HotlinesPart
  | { type: "facilities"; items: Facility[] }
  | { type: "image"; url: string; alt: string }
  | { type: "attachment"; kind: string; state: string; size: number | null; url: string | null }
  | { type: "ruby"; runs: Run[] };

export interface Choice {
  payload: string;
  label: string;
}

export type Picker = "ward" | "age" | "date" | "location";
export type Author = "resident" | "machine" | "staff" | "system";

export interface Message {
  id: string;
  seq: number;
  author: Author;
  author_name?: string | null;
  client_id?: string | null;
  sent_at: string;
  locale?: string | null;
  parts: Part[];
  choices?: Choice[];
  translated?: boolean;
  input?: Picker | null;
  /** The resident took the message back: the words are gone, the place stays. */
  erased?: boolean;
  /** Console only: machine translations for staff by language, and what a counsellor picked or typed before it was put into the resident's language. */
  translations?: Record<string, string> | null;
  original?: { locale?: string; text: string } | null;
}

export interface Status {
  handling: "machine" | "waiting" | "human";
  queue_position?: number | null;
  wait_minutes?: number | null;
  assignee_name?: string | null;
  on_duty?: boolean;
  next_open?: string | null;
  read_by?: "nobody" | "machine" | "staff";
  read_up_to?: { machine?: number | null; staff?: number | null };
  locale?: string;
}

/** One server-sent event, parsed. `id` is the durable sequence number, null for transient events. */
export interface ServerEvent {
  id: number | null;
  kind: string;
  data: unknown;
}
