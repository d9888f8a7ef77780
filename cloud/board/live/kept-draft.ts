import type { RuleDraft } from '../core/rule-draft.ts'

/** What somebody was writing when they left the page, kept in this browser. */
export interface KeptRule {
  readonly draft: RuleDraft
  /** The rule as text, while it is written as text. */
  readonly text: string | null
  /** It is a rule that was there already. */
  readonly isChange: boolean
}

const keyOf = (site: string) => `warepulse.rule.${site}`

export function keptRule(storage: Storage, site: string): KeptRule | null {
  try {
    const said: unknown = JSON.parse(storage.getItem(keyOf(site)) ?? 'null')
    if (typeof said !== 'object' || said === null || !('draft' in said)) return null
    const { draft, text, isChange } = said as Partial<KeptRule>
    if (typeof draft?.id !== 'string' || typeof draft.kind !== 'string' || typeof draft.values !== 'object') return null
    return { draft, text: typeof text === 'string' ? text : null, isChange: isChange === true }
  } catch {
    return null // a browser without storage just forgets
  }
}

export function keepRule(storage: Storage, site: string, kept: KeptRule | null): void {
  try {
    if (kept === null) storage.removeItem(keyOf(site))
    else storage.setItem(keyOf(site), JSON.stringify(kept))
  } catch {
    // Private window or full storage.
  }
}
