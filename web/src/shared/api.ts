/** A request the server answered with an error, or did not answer (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  /** Seconds the server asked to wait, from Retry-After; null when it did not say. */
  readonly retryAfter: number | null;
  readonly body: unknown;

  constructor(status: number, code: string, message: string, extra: { field?: string; retryAfter?: number; body?: unknown } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = extra.field ?? null;
    this.retryAfter = extra.retryAfter ?? null;
    this.body = extra.body;
  }
}

export interface ApiOptions {
  /** Absolute or root-relative, without a slash at the end. */
  base: string;
  headers?: () => Record<string, string>;
  credentials?: RequestCredentials;
  timeoutMs?: number;
  fetch?: typeof fetch;
}

/** JSON over fetch. Every failure is an ApiError. */
export class Api {
  readonly base: string;
  private readonly options: ApiOptions;

  constructor(options: ApiOptions) {
    this.base = options.base;
    this.options = options;
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>("GET", path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.json<T>("POST", path, body);
  }

  headers(): Record<string, string> {
    return this.options.headers?.() ?? {};
  }

  /** The raw response; used for event streams and downloads. */
  async raw(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const send = this.options.fetch ?? fetch;
    let response: Response;
    try {
      response = await send(this.base + path, {
        ...init,
        method,
        headers: { ...this.headers(), ...(init.headers as Record<string, string> | undefined) },
        credentials: this.options.credentials ?? "omit",
        cache: "no-store",
      });
    } catch (error) {
      if (init.signal?.aborted && init.signal.reason instanceof DOMException && init.signal.reason.name === "AbortError") throw error;
      throw new ApiError(0, "unreachable", String(error));
    }
    if (!response.ok) throw await toError(response);
    return response;
  }

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.raw(method, path, {
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      signal: AbortSignal.timeout(this.options.timeoutMs ?? 15_000),
    });
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError(0, "unreadable", "the answer was cut off or is not JSON");
    }
  }
}

async function toError(response: Response): Promise<ApiError> {
  let body: { error?: string; message?: string; field?: string } = {};
  try {
    const parsed: unknown = await response.json();
    if (parsed && typeof parsed === "object") body = parsed;
  } catch {
    // A proxy in between may answer in HTML; the status says enough.
  }
  const wait = Number(response.headers.get("Retry-After"));
  return new ApiError(response.status, body.error ?? `http_${response.status}`, body.message ?? "", {
    ...(body.field ? { field: body.field } : {}),
    ...(wait > 0 ? { retryAfter: wait } : {}),
    body,
  });
}
