/** Calls a callback of the caller, if there is one. What it throws is its own affair, and must not end an upload. */
export function tell<T>(callback: ((news: T) => unknown) | undefined, news: T): void {
  void (async () => callback?.(news))().catch(() => {});
}
