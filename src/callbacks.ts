/** Calls a callback of the caller, if there is one. Its errors are ignored, so that they cannot end an upload. */
export function tell<T>(callback: ((news: T) => unknown) | undefined, news: T): void {
  if (callback) void (async () => callback(news))().catch(() => {});
}
