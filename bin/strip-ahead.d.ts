/** Has the types of the sources stripped that this subcommand loads, if it is a service and they are not yet. */
export function stripAhead(
  node: string,
  flags: readonly string[],
  service: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): void
