/** One thing wrong in a configuration, where it stands, and what would be right. */
export interface Problem {
  /** `sources[2].path`; empty for the whole document. */
  readonly path: string
  readonly message: string
  /** Where in the file, 1-based; undefined for what no line of the file holds (an environment variable, a missing key). */
  readonly position?: { readonly line: number; readonly column: number; readonly length: number }
  readonly help?: string
}

/**
 * A problem as people read it:
 *
 *     edge.yaml:12:5  error  spool.maxByte
 *         12 |     maxByte: 5
 *            |     ^^^^^^^ unknown key
 *         help: did you mean "maxBytes"?
 */
export function describeProblem(problem: Problem, fileName: string, text: string): string {
  const { position } = problem
  if (position === undefined) {
    return [`${fileName}  error  ${problem.path}`, `    ${problem.message}`, ...helpLine(problem)].join('\n')
  }
  const gutter = String(position.line).length
  const line = text.split(/\r?\n/)[position.line - 1] ?? ''
  return [
    `${fileName}:${position.line}:${position.column}  error  ${problem.path}`,
    `    ${position.line} | ${line}`,
    `    ${' '.repeat(gutter)} | ${' '.repeat(position.column - 1)}${'^'.repeat(Math.max(1, position.length))} ${problem.message}`,
    ...helpLine(problem),
  ].join('\n')
}

function helpLine(problem: Problem): readonly string[] {
  return problem.help === undefined ? [] : [`    help: ${problem.help}`]
}
