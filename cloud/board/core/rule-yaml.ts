import { isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { Rule } from '../../../shared/rule.ts'
import { RulesFile, rulesFileContent, rulesFileHead } from '../../../shared/rules/file.ts'

/** A mistake in a text, on which line it is: 1-based, 0 = of the whole text. */
export interface TextFlaw {
  readonly line: number
  readonly message: string
}

export type FromText<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly flaws: readonly TextFlaw[] }

export function yamlOf(value: unknown): string {
  return stringify(value, { lineWidth: 0 }).trimEnd()
}

export function valueFromYaml(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
  const read = parsed(text)
  return read.ok ? { ok: true, value: read.value } : { ok: false, reason: read.flaws[0]?.message ?? '' }
}

/**
 * One rule as text. Of a kind that is not known here nothing is checked but that it is a rule at all: the server that
 * answered with it knows it.
 */
export function ruleFromYaml(
  text: string,
  { id, site, kinds }: { readonly id: string; readonly site: string; readonly kinds: readonly string[] },
): FromText<unknown> {
  const read = parsed(text)
  if (!read.ok) return read
  const said = new Map<string, unknown>(
    typeof read.value === 'object' && read.value !== null ? Object.entries(read.value) : [],
  )
  const rule = { ...Object.fromEntries(said), id, site }
  const type = said.get('type')
  if (typeof type === 'string' && type !== '' && !kinds.includes(type)) return { ok: true, value: rule }
  const checked = Rule.safeParse(rule)
  if (checked.success) return { ok: true, value: checked.data }
  return { ok: false, flaws: checked.error.issues.map((issue) => read.flaw(issue.path, issue.message)) }
}

/** The same file as `warepulse rules export` writes. */
export function rulesFileText(site: string, rules: readonly Rule[]): string {
  return `${rulesFileHead(site)}\n${stringify(rulesFileContent(site, rules), { lineWidth: 0 })}`
}

export function rulesFromText(text: string): FromText<RulesFile> {
  const read = parsed(text)
  if (!read.ok) return read
  const checked = RulesFile.safeParse(read.value)
  if (checked.success) return { ok: true, value: checked.data }
  return { ok: false, flaws: checked.error.issues.map((issue) => read.flaw(issue.path, issue.message)) }
}

type Parsed =
  | {
      readonly ok: true
      readonly value: unknown
      flaw(path: readonly PropertyKey[], message: string): TextFlaw
    }
  | { readonly ok: false; readonly flaws: readonly TextFlaw[] }

function parsed(text: string): Parsed {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  if (document.errors.length > 0)
    return { ok: false, flaws: document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message })) }
  let value: unknown
  try {
    value = document.toJS()
  } catch (thrown) {
    // An alias of nothing, or aliases of aliases without end.
    return { ok: false, flaws: [{ line: 0, message: thrown instanceof Error ? thrown.message : String(thrown) }] }
  }
  return {
    ok: true,
    value,
    flaw(path, message) {
      // What is missing has no place of its own: the nearest that has one around it.
      for (let depth = path.length; depth > 0; depth--) {
        const node = document.getIn(path.slice(0, depth), true)
        if (isNode(node) && node.range) return { line: lineAt(node.range[0]), message: `${path.join('.')}: ${message}` }
      }
      return { line: 0, message: path.length === 0 ? message : `${path.join('.')}: ${message}` }
    },
  }
}
