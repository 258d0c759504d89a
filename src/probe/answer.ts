/** A response, read by the probe. Status 0: none came. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, or undefined. */
  readonly body: unknown;
  /** Milliseconds since 1970, of its arrival. */
  readonly at: number;
}

export const noAnswer = (at: number): Answer => ({
  status: 0,
  headers: new Headers(),
  text: "",
  body: undefined,
  at,
});

export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A member of nested JSON: `at(body, "error", "code")`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) found = (found as Record<string | number, unknown> | null | undefined)?.[key];
  return found;
}

/** A member that is text. Empty if it is something else. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : typeof found === "number" ? String(found) : "";
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export const isDone = ({ status }: Answer): boolean => status >= 200 && status < 300;

/** The error code of Graph. */
export const codeOf = ({ body }: Answer): string => textAt(body, "error", "code");

/** The key of a JSON object that matches in any letter case, as it is written there. */
export const keyLike = ({ body }: Answer, name: string): string | undefined =>
  Object.keys((typeof body === "object" && body) || {}).find((key) => key.toLowerCase() === name.toLowerCase());

/** The ranges of an intermediate reply. `undefined` if it has none. */
export function rangesIn(answer: Answer): readonly string[] | undefined {
  const key = keyLike(answer, "nextExpectedRanges");
  return key === undefined ? undefined : listAt(answer.body, key).map(String);
}

/** The end of a session in milliseconds since 1970. */
export function expiryIn(answer: Answer): number | undefined {
  const key = keyLike(answer, "expirationDateTime");
  const time = key === undefined ? NaN : Date.parse(textAt(answer.body, key));
  return Number.isNaN(time) ? undefined : time;
}

/** The time of the service, which its clock and ours may disagree on. */
const serviceTime = ({ headers, at: arrived }: Answer): number => {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? arrived : date;
};

/** Seconds from an answer to the end of its session, in steps of ten. */
export function lifeIn(answer: Answer): number | undefined {
  const end = expiryIn(answer);
  return end === undefined ? undefined : Math.round((end - serviceTime(answer)) / 10_000) * 10;
}
