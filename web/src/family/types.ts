/** What /api/chat/family sends (docs/family.md). */

export interface Entry {
  vaccine: string;
  dose: string;
  status: string;
  overdue: boolean;
  given: string | null;
  best: string | null;
  latest: string | null;
  one_of: string | null;
  notes?: string[];
}

export interface Checkup {
  id: string;
  status?: string;
  from?: string;
  until?: string | null;
  about?: string;
  about_until?: string;
  week?: number;
  only_if_doctor_says?: boolean;
}

export interface Plan {
  on: string;
  age?: { years: number; months: number };
  immunisation: Entry[];
  checkups: Checkup[];
  next: { date: string; doses: { vaccine: string; dose: string }[]; checkups: string[] } | null;
  pregnancy?: { week: number; day: number };
  schedule: { confirm_with: { ja?: string; phone?: string } };
}

export interface Share {
  id: string;
  label: string;
  role: "read" | "write";
  joined: boolean;
}

export interface Card {
  id: string;
  role: "owner" | "read" | "write";
  kind: "child" | "pregnancy";
  name: string;
  birthdate?: string;
  due_date?: string;
  sex?: string | null;
  ward?: string | null;
  height_cm?: number | null;
  weight_kg?: number | null;
  plan: Plan;
  doses: { key: string; vaccine: string; date: string }[];
  checkups?: { key: string; checkup: string; on: string }[];
  measurements?: { key: string; measure: string; value: number; on: string }[];
  milestones?: { key: string; milestone: string; on: string; note: string }[];
  weights?: { key: string; kg: number; on: string }[];
  band?: { low_kg: number | null; high_kg: number } | null;
  shares?: Share[];
}

export interface Settings {
  reminders: boolean;
  notices: boolean;
  calendar: string | null;
  devices: number;
  hour: number;
  per_month: number;
  mode: "normal" | "neutral" | "off";
  quiet_from: number;
  quiet_until: number;
  wards: string[];
}

export interface Family {
  agreed: boolean;
  cards: Card[];
  settings: Settings;
  push_key: string;
}

export interface Options {
  locale: string;
  words: Record<string, string>;
  vaccines: string[];
  milestones: string[];
  measures: { id: string; unit: string }[];
}

export interface Written {
  reply: string;
  data: Record<string, string | number>;
  kept: boolean;
  ask: boolean;
  card?: Card;
}
