/** Applies `$select` in any letter case. Annotations and the id always stay, as in Graph. */
export function select(
  call: { readonly query: URLSearchParams },
  value: Record<string, unknown>,
): Record<string, unknown> {
  const names = call.query
    .get("$select")
    ?.toLowerCase()
    .split(",")
    .map((name) => name.trim().replace(/^.*\//, ""));
  if (!names) return value;
  const kept = Object.entries(value).filter(
    ([key]) => key === "id" || key.startsWith("@") || names.includes(key.toLowerCase()),
  );
  return Object.fromEntries(kept);
}
