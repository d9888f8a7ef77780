import { z } from 'zod'
import { Identifier } from '../identifier.ts'
import { Rule } from '../rule.ts'
import { byId } from './difference.ts'
import { isSameJson } from './same-json.ts'

/** The rules of one site as a file: for review, for version control, for the next site. */
export const RulesFile = z
  .strictObject({ version: z.literal(1), site: Identifier, rules: z.array(Rule) })
  .superRefine(({ site, rules }, context) => {
    const seen = new Set<string>()
    for (const [index, rule] of rules.entries()) {
      const complain = (key: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['rules', index, key], message })
      if (rule.site !== site) complain('site', `this file is of the site "${site}"`)
      if (seen.has(rule.id)) complain('id', `"${rule.id}" is in this file twice`)
      seen.add(rule.id)
    }
  })
export type RulesFile = z.infer<typeof RulesFile>

/** How such a file begins: comment lines, without the last line's end. */
export function rulesFileHead(site: string): string {
  return [
    `# Alert rules of the site ${site}, as \`warepulse rules export\` writes them: by id, defaults left out.`,
    '# What each field asks is in docs/alerts.md. To see what this file would change, and to change it:',
    '#   warepulse rules import <this file> --token-file <file> --dry-run',
    '#   warepulse rules import <this file> --token-file <file>',
    '# Rules that are not in here stay as they are, unless --prune is given.',
  ].join('\n')
}

/** What stands below the head. The same rules make the same content, in whatever order they come. */
export function rulesFileContent(site: string, rules: readonly Rule[]): Readonly<Record<string, unknown>> {
  return { version: 1, site, rules: rules.toSorted(byId).map(withoutDefaults) }
}

/** In the order of the schema; what the schema would fill in by itself is left out. */
function withoutDefaults(rule: Rule): Readonly<Record<string, unknown>> {
  const shape: Readonly<Record<string, z.ZodType>> =
    Rule.options.find((option) => option.shape.type.value === rule.type)?.shape ?? {}
  const values = new Map<string, unknown>(Object.entries(rule))
  return Object.fromEntries(
    Object.entries(shape)
      .filter(([key, field]) => values.has(key) && !isDefault(field, values.get(key)))
      .map(([key]) => [key, values.get(key)]),
  )
}

function isDefault(field: z.ZodType, value: unknown): boolean {
  const unsaid = field.safeParse(undefined)
  return unsaid.success && isSameJson(unsaid.data, value)
}
