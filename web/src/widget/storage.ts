import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";

/** What the resident sends, as kept on the device until the server has shown it back. */
export interface Queued {
  /** Position in the queue, given by the store; messages leave in this order. */
  n?: number;
  client_id: string;
  text?: string;
  payload?: string;
  location?: { lat: number; lon: number };
  /** Words of the bubble: the text, or the label of the choice that was tapped. */
  shown: string;
  queued_at: string;
  /** Set once the server has taken the message. */
  seq?: number;
  message_id?: string;
  /** Error code when the server will never take it as it is. */
  refused?: string;
}

export interface Session {
  conversation: string;
  token: string;
  resume_code: string;
}

export interface Prefs {
  locale?: string;
  /** The locale was chosen by hand, so detection no longer changes it. */
  chosen?: boolean;
  size?: "normal" | "large" | "largest";
  furigana?: boolean;
  theme?: "auto" | "light" | "dark";
  quiet?: boolean;
}

/** What the widget keeps on the device: session, settings, draft, unsent messages, words and hotlines for when the server is gone. */
export interface Store {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown): Promise<void>;
  queue(): Promise<Queued[]>;
  enqueue(entry: Queued): Promise<Queued>;
  update(entry: Queued): Promise<void>;
  remove(clientId: string): Promise<void>;
  /** Forgets everything at once; the store is not usable afterwards. */
  erase(): Promise<void>;
}

interface Schema extends DBSchema {
  kept: { key: string; value: unknown };
  outbox: { key: number; value: Queued; indexes: { client_id: string } };
}

/** Opens the store; a browser that refuses IndexedDB gets one that lives as long as the page. */
export async function openStore(name: string): Promise<Store> {
  try {
    const db = await openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore("kept");
        database.createObjectStore("outbox", { keyPath: "n", autoIncrement: true }).createIndex("client_id", "client_id", { unique: true });
      },
      // Another tab is erasing everything (quick exit): do not stand in its way.
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    });
    return new IdbStore(name, db);
  } catch {
    return new MemoryStore();
  }
}

class IdbStore implements Store {
  private readonly name: string;
  private readonly db: IDBPDatabase<Schema>;

  constructor(name: string, db: IDBPDatabase<Schema>) {
    this.name = name;
    this.db = db;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.db.get("kept", key)) as T | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    if (value === undefined) await this.db.delete("kept", key);
    else await this.db.put("kept", value, key);
  }

  queue(): Promise<Queued[]> {
    return this.db.getAll("outbox");
  }

  async enqueue(entry: Queued): Promise<Queued> {
    const n = await this.db.add("outbox", entry);
    return { ...entry, n };
  }

  async update(entry: Queued): Promise<void> {
    const tx = this.db.transaction("outbox", "readwrite");
    // The entry may have been shown back, and removed, by another tab meanwhile.
    if (await tx.store.get(entry.n!)) await tx.store.put(entry);
    await tx.done;
  }

  async remove(clientId: string): Promise<void> {
    const key = await this.db.getKeyFromIndex("outbox", "client_id", clientId);
    if (key !== undefined) await this.db.delete("outbox", key);
  }

  async erase(): Promise<void> {
    const tx = this.db.transaction(["kept", "outbox"], "readwrite");
    void tx.objectStore("kept").clear();
    void tx.objectStore("outbox").clear();
    await tx.done;
    this.db.close();
    await deleteDB(this.name);
  }
}

/** The same in memory; nothing outlives the page. */
export class MemoryStore implements Store {
  private kept = new Map<string, unknown>();
  private outbox: Queued[] = [];
  private n = 0;

  async get<T>(key: string): Promise<T | undefined> {
    return this.kept.get(key) as T | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
  }

  async queue(): Promise<Queued[]> {
    return [...this.outbox];
  }

  async enqueue(entry: Queued): Promise<Queued> {
    this.n += 1;
    const stored = { ...entry, n: this.n };
    this.outbox.push(stored);
    return stored;
  }

  async update(entry: Queued): Promise<void> {
    this.outbox = this.outbox.map((e) => (e.n === entry.n ? entry : e));
  }

  async remove(clientId: string): Promise<void> {
    this.outbox = this.outbox.filter((e) => e.client_id !== clientId);
  }

  async erase(): Promise<void> {
    this.kept.clear();
    this.outbox = [];
  }
}
