import type { Problem as Document } from "generated/api";

/** A refusal of the API (RFC 9457), or what stands for one when there was no answer. */
export class Problem extends Error {
  constructor(readonly document: Document, readonly retryAfter: number | null = null) {
    super(document.detail);
    this.name = "Problem";
  }

  get code(): string {
    return this.document.code;
  }

  get status(): number {
    return this.document.status;
  }

  /** Whether the same request can succeed a moment later. */
  get isPassing(): boolean {
    // It stays so until somebody trains a model.
    if (this.code === "no_model") return false;
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** What somebody reads to the operator of the installation. */
  get requestId(): string | null {
    return this.document.requestId ?? null;
  }

  static async of(response: Response): Promise<Problem> {
    const after = Number(response.headers.get("Retry-After"));
    const retryAfter = Number.isFinite(after) && after > 0 ? after : null;
    try {
      const document = (await response.json()) as Document;
      if (typeof document.code === "string") return new Problem(document, retryAfter);
    } catch {
      // A proxy in front has answered, and not with a problem document.
    }
    return new Problem(standIn(response.status, response.status >= 500 ? "unavailable" : "refused"), retryAfter);
  }

  /** There was no answer. */
  static unreachable(): Problem {
    return new Problem(standIn(0, "unreachable"));
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    console.error(error);
    return new Problem(standIn(0, "page_failed"));
  }
}

function standIn(status: number, code: string): Document {
  return { type: "about:blank", title: code, status, detail: code, code, error: code };
}
