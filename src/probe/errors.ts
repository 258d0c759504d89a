/** An answer that ends an experiment. Its text holds no data of the tenant. */
export class Unexpected extends Error {}

/** Ends the experiments of one service, of all services of Graph, or all of them. */
export class Ended extends Error {
  constructor(
    message: string,
    readonly scope: "service" | "graph" | "all" = "service",
  ) {
    super(message);
  }
}
