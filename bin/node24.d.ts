/** The path of a Node ≥ 24: this one, or the runtime that npm installed beside the project. */
export function findNode(): string | undefined
/** What Node is told for this subcommand. */
export function flagsFor(args: readonly string[]): string[]
/** What its environment is for this subcommand, unless somebody says otherwise. */
export function environmentFor(args: readonly string[]): Readonly<Record<string, string>>
/** Runs `script` with that Node, hands signals on, and ends as it ends. */
export function runWithNode24(script: string, args: readonly string[]): void
