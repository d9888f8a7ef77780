/** The files in a data directory. Each is one SQLite database with one writer (docs/operations.md). */
export const dataFiles = {
  journal: 'journal.sqlite',
  inventory: 'inventory.sqlite',
  goods: 'goods.sqlite',
  alerts: 'alerts.sqlite',
  supervision: 'supervision.sqlite',
  series: 'series.sqlite',
  setAside: 'set-aside.sqlite',
  people: 'people.sqlite',
  gatewayAccounts: 'gateways.sqlite',
  audit: 'audit.sqlite',
  notify: 'notify.sqlite',
  drafts: 'drafts.sqlite',
} as const

export const projectionNames = ['inventory', 'goods', 'alerts', 'supervision', 'series'] as const
export type ProjectionName = (typeof projectionNames)[number]

/** Where the base of a read model stands: a copy of its file from before the journal was cut. */
export function baseOf(file: string): string {
  return `base-${file}`
}
