/** What the API, the gateway or the line refused, in one shape. */

/** @typedef {{ loc: (string | number)[], msg: string, type: string }} FieldFault */

export class Problem extends Error {
  /**
   * @param {number} status 0 when no answer came
   * @param {{ type?: string, detail?: string, title?: string, message?: string, errors?: FieldFault[] }} [body]
   * @param {number} [retryAfter] seconds
   */
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail ?? body.message ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    /** The last part of `type`: a stable name for programs; empty where it says no more than the status. */
    this.code = status === 0 ? "offline" : /^urn:lms:problem:(.+)/.exec(body.type ?? "")?.[1] ?? "";
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** @param {Response} answer */
  static async of(answer) {
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
    const body = isJson ? await answer.json().catch(() => ({})) : {};
    return new Problem(answer.status, body, Number(answer.headers.get("Retry-After")) || 0);
  }
}
