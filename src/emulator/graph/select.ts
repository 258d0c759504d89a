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

const options = ["select", "expand", "filter", "orderby", "top", "skip", "skiptoken", "count", "search"];

/** The same query with a dollar before the names of OData's options, where Graph takes them without (documented for some). */
export function withDollars(query: URLSearchParams): URLSearchParams {
  const named = [...query].map(([name, value]) => [options.includes(name) ? `$${name}` : name, value]);
  return new URLSearchParams(named as [string, string][]);
}
