import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { readEnvironment } from './environment.ts'
import { describeProblem, type Problem } from './problem.ts'
import { keysAt } from './schema-shape.ts'
import { suggest } from './suggest.ts'

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readFile(path: string): string
  /** Keys given on the command line; they win over environment and file. */
  readonly flags?: readonly { readonly flag: string; readonly path: readonly string[]; readonly value: unknown }[]
}

export type Configuration<T> =
  | { readonly ok: true; readonly value: T }
  /** Each complaint is whole: place, line with a caret, help. */
  | { readonly ok: false; readonly complaints: readonly string[] }

/**
 * Reads one YAML configuration: syntax, then environment overrides, then the strict schema. Every problem is told with
 * file:line:column, not only the first.
 */
export function readConfiguration<S extends z.ZodType>(
  schema: S,
  fileName: string,
  text: string,
  surroundings: Surroundings,
): Configuration<z.output<S>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number, length: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col, length }
  }
  const complain = (problems: readonly Problem[]) => ({
    ok: false as const,
    complaints: problems.map((problem) => describeProblem(problem, fileName, text)),
  })

  if (document.errors.length > 0) {
    return complain(
      document.errors.map((error) => ({ path: '', message: error.message, position: place(error.pos[0], 1) })),
    )
  }

  const problems: Problem[] = []
  const { overrides, unknown } = readEnvironment(schema, surroundings.environment, surroundings.readFile)
  for (const { variable, knownKeys } of unknown) {
    problems.push({
      path: variable,
      message: 'this environment variable names no key',
      ...helpFor(variable.split('__').at(-1) ?? '', knownKeys),
    })
  }
  const overridden = new Map(overrides.map((override) => [pathText(override.path), override.variable]))
  for (const { flag, path } of surroundings.flags ?? []) overridden.set(pathText(path), flag)
  let content: unknown
  try {
    for (const { path, value } of [...overrides, ...(surroundings.flags ?? [])]) document.setIn(path, value)
    content = document.toJS()
  } catch (thrown) {
    // An alias of nothing, aliases of aliases without end, a text where a map should be: seen only now.
    return complain([{ path: '', message: thrown instanceof Error ? thrown.message : String(thrown) }])
  }

  const result = schema.safeParse(content ?? {})
  if (result.success && problems.length === 0) return { ok: true, value: result.data }
  for (const issue of (result.error?.issues ?? []).flatMap((issue) => unfold(issue))) {
    const variable = overridden.get(pathText(issue.path))
    const node = document.getIn(issue.path, true)
    if (issue.code === 'unrecognized_keys') {
      const parent = issue.path.length === 0 ? document.contents : node
      for (const key of issue.keys) {
        const keyNode = isMap(parent)
          ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key
          : undefined
        problems.push({
          path: pathText([...issue.path, key]),
          message: 'unknown key',
          ...positionOf(keyNode as Node | undefined, place),
          ...helpFor(key, keysAt(schema, issue.path)),
        })
      }
    } else {
      problems.push({
        path: variable ?? pathText(issue.path),
        message: issue.message,
        ...(variable === undefined ? positionOf(node as Node | undefined, place) : {}),
      })
    }
  }
  return complain(problems)
}

/** A failed union tells only that it failed; the branch that got furthest tells why. */
function unfold(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const best = issue.errors.toSorted((a, b) => a.length - b.length || depth(b) - depth(a))[0] ?? []
  return best.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }))
}

const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map((issue) => issue.path.length))

function positionOf(
  node: Node | null | undefined,
  place: (offset: number, length: number) => Problem['position'],
): { position?: Problem['position'] } {
  const range = node?.range
  if (range === null || range === undefined) return {}
  const position = place(range[0], Math.min(60, range[1] - range[0]))
  return position === undefined ? {} : { position }
}

function helpFor(word: string, known: readonly string[]): { help?: string } {
  const nearest = suggest(word.replaceAll('_', ''), known)
  if (nearest !== undefined) return { help: `did you mean "${nearest}"?` }
  return known.length === 0 ? {} : { help: `known here: ${known.join(', ')}` }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`))
    .join('')
}
