import type { Rule } from '../rule.ts'
import { isSameJson } from './same-json.ts'

/** What a file of rules asks of a site, against the rules in force. Each list in order of ids. */
export interface RuleDifference {
  readonly added: readonly Rule[]
  readonly changed: readonly { readonly rule: Rule /** Names of what differs. */; readonly fields: readonly string[] }[]
  readonly same: readonly Rule[]
  /** In force at the site, and not in the file. */
  readonly unnamed: readonly Rule[]
  /** Ids that another site has: ids are one name space over all sites, and a rule does not move. */
  readonly taken: readonly { readonly id: string; readonly site: string }[]
}

/** `inForce`: the rules of every site that the asker may see. Defaults are filled in on both sides. */
export function differenceOf(site: string, wanted: readonly Rule[], inForce: readonly Rule[]): RuleDifference {
  const present = new Map(inForce.map((rule) => [rule.id, rule]))
  const named = new Set(wanted.map(({ id }) => id))
  const added: Rule[] = []
  const changed: { rule: Rule; fields: readonly string[] }[] = []
  const same: Rule[] = []
  const taken: { id: string; site: string }[] = []
  for (const rule of wanted.toSorted(byId)) {
    const before = present.get(rule.id)
    if (before === undefined) added.push(rule)
    else if (before.site !== site) taken.push({ id: rule.id, site: before.site })
    else {
      const fields = fieldsThatDiffer(before, rule)
      if (fields.length === 0) same.push(rule)
      else changed.push({ rule, fields })
    }
  }
  const unnamed = inForce.filter((rule) => rule.site === site && !named.has(rule.id)).toSorted(byId)
  return { added, changed, same, unnamed, taken }
}

/** By code unit: the same order whatever the language of the machine. */
export function byId(a: Rule, b: Rule): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function fieldsThatDiffer(before: Rule, after: Rule): readonly string[] {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => !isSameJson(was.get(key), is.get(key)))
}
