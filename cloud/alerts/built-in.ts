import { raise, turn } from './raise.ts'
import type { AlertChanges, AlertState, Hash } from './state.ts'

/** An alert about the street itself: there without anybody having made a rule, and not to be switched off. */
export interface BuiltIn {
  readonly name: string
  readonly severity: 1 | 2 | 3 | 4
  readonly whatToDo: string
}

export const builtIns = {
  'gateway-forked': {
    name: 'Two senders use one identity',
    severity: 1,
    whatToDo:
      'Nothing is taken from this gateway. Find the second one (a copied card or disk image) and switch it off; a ' +
      'gateway whose spool was copied or set back gets an empty one. Then run `warepulse gateway unfork`.',
  },
  'projection-stuck': {
    name: 'Part of the cloud stands still',
    severity: 2,
    whatToDo:
      'What the board shows of it is old. Nothing is lost: the journal keeps everything. Read the reason at /readyz; ' +
      'free disk or start the database it names. If it stays, stop the cloud and run `warepulse rebuild`.',
  },
  'series-budget': {
    name: 'A site has as many sensors and read points in its history as it may',
    severity: 2,
    whatToDo:
      'Data of new ones is set aside. Names that change with every start or carry an item are a mistake of the gateway: ' +
      'find them under what was set aside. If the site has really grown, raise series.seriesPerSite.',
  },
} as const satisfies Readonly<Record<string, BuiltIn>>
export type BuiltInName = keyof typeof builtIns

/** One condition of one subject on one site. No rule id begins with '~', so no rule owns this key. */
function keyOf(name: BuiltInName, site: string, subject: string): string {
  return `~${name}/${site}/${subject}`
}

export function raiseBuiltIn(
  state: AlertState,
  name: BuiltInName,
  { site, subject, at }: { readonly site: string; readonly subject: string; readonly at: number },
  hash: Hash,
  changes: AlertChanges,
): void {
  const key = keyOf(name, site, subject)
  const trigger = `${site}/${at}`
  const cause = { key, site, subject, at, trigger, rule: builtIns[name], ruleId: name, zone: null, value: null }
  raise(state, cause, hash, changes)
}

export function clearBuiltIn(
  state: AlertState,
  name: BuiltInName,
  { site, subject, at }: { readonly site: string; readonly subject: string; readonly at: number },
  changes: AlertChanges,
): void {
  turn(state, keyOf(name, site, subject), 'clear', at, changes)
}
