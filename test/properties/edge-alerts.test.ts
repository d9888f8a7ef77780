import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openAlerts } from '../../cloud/alerts/open.ts'
import type { JournalEntry } from '../../cloud/journal/journal.ts'
import { adoptRules } from '../../edge/rules/adopt.ts'
import { judgeValue } from '../../edge/rules/judge-value.ts'
import { KeptRules, keptOf, rulesState } from '../../edge/rules/state.ts'
import type { GatewayRule } from '../../shared/gateway-rule.ts'
import type { EdgeAlert } from '../../shared/record.ts'
import { Rule } from '../../shared/rule.ts'
import { fromCloud, fromGateway, never, t0, tick } from '../support/journal-entries.ts'

/**
 * A gateway that judges, is killed at any moment, and whose link is cut at any moment; after a cut the newest records go
 * first and the backlog comes behind them. Held against a fold of two lines that knows of none of it.
 */

const [limit, clearAt] = [8, 7]
const sensors = ['a', 'b']
const warm = { type: 'threshold', quantity: 'temperature', direction: 'above', limit, clearAt, onDelayMs: 0 } as const
const document = { rules: [{ ...warm, id: 'warm', sensors, outputs: [] }] as GatewayRule[], held: [] }
const rule = Rule.parse({ ...warm, id: 'warm', site: 'rtm', name: 'Warm', severity: 2, runs: 'gateway' })

const Value = fc.record({
  type: fc.constant('value' as const),
  sensor: fc.constantFrom(...sensors),
  value: fc.constantFrom(5, 7, 7.5, 8, 8.5, 9),
  afterMs: fc.integer({ min: 1, max: 400_000 }),
  /** When it is killed, if it is: before anything is written down, before the spool has it, before that is known. */
  killed: fc.option(fc.constantFrom('unwritten', 'unsaid', 'unsettled'), { freq: 5, nil: undefined }),
})
const Link = fc.record({
  type: fc.constantFrom('cut' as const, 'mend' as const),
  newestFirst: fc.integer({ min: 0, max: 4 }),
})
/** Somebody acknowledges all that there is; a second passes in the cloud. */
const Cloud = fc.record({ type: fc.constantFrom('acknowledge' as const, 'tick' as const) })
const Story = fc.array(
  fc.oneof({ weight: 8, arbitrary: Value }, { weight: 2, arbitrary: Link }, { weight: 1, arbitrary: Cloud }),
  {
    maxLength: 60,
  },
)

test('what is raised at the cloud is what holds, each episode was told once, and there are no twins', async () => {
  await fc.assert(
    fc.asyncProperty(Story, async (story) => {
      let now = t0
      let file: KeptRules | undefined
      let state = rulesState()
      /** In the spool and not in the journal; and all that the cloud was sent. */
      let spool: EdgeAlert[] = []
      const journal: (JournalEntry | 'acknowledge')[] = [fromCloud([{ kind: 'rule', at: t0, by: 'kim', rule }])]
      let isCut = false
      // The reference: who is beyond, and how often it began.
      const beyond = new Set<string>()
      let episodes = 0
      const send = (records: readonly EdgeAlert[]) => {
        if (records.length > 0) journal.push(fromGateway(records, { recordedAt: now, late: true }))
      }
      const start = (kept: KeptRules | undefined) => {
        const told: EdgeAlert[] = []
        file = kept
        state = rulesState(kept)
        adoptRules(state, document, now, (record) => told.push(record))
        spool.push(...(kept?.untold ?? []), ...told)
        file = through(keptOf(state, []))
      }
      start(undefined)
      for (const step of story) {
        if (step.type === 'tick') journal.push(tick(now))
        else if (step.type === 'acknowledge') journal.push(step.type)
        else if ('newestFirst' in step) {
          isCut = step.type === 'cut'
          if (isCut) continue
          const live = spool.splice(Math.max(0, spool.length - step.newestFirst))
          send(live)
          send(spool)
          spool = []
        } else if ('afterMs' in step) {
          now += step.afterMs
          const { sensor, value, killed } = step
          const found: EdgeAlert[] = []
          const record = { kind: 'measurement' as const, at: now, sensor, values: { temperature: value } }
          judgeValue(state, record, (alert) => found.push(alert))
          if (killed === 'unwritten') start(file)
          else {
            if (value > limit && !beyond.has(sensor)) {
              beyond.add(sensor)
              episodes += 1
            } else if (value <= clearAt) beyond.delete(sensor)
            file = through(keptOf(state, found))
            if (killed !== 'unsaid') spool.push(...found)
            if (killed === undefined) file = through(keptOf(state, []))
            else start(file)
          }
          if (!isCut) send(spool.splice(0))
        }
        if (!isCut) send(spool.splice(0))
      }
      send(spool)
      // A backlog that is told to its end is believed after a minute.
      journal.push(tick(now), tick(now + 61_000))

      const alerts = await openAlerts({ path: ':memory:', tell: () => undefined })
      const apply = (entry: JournalEntry) => alerts.apply([{ ...entry, offset: alerts.offset + 1 }], never)
      for (const entry of journal) {
        if (entry === 'acknowledge') {
          const seen = { kind: 'alert-act', at: now, by: 'kim', act: 'acknowledge' } as const
          const { items } = alerts.alerts('rtm', { state: 'open' }, { limit: 500 })
          for (const { id } of items) await apply(fromCloud([{ ...seen, alert: id }]))
        } else await apply(entry)
        const open = alerts.alerts('rtm', {}, { limit: 500 }).items.filter(({ clearedAt }) => clearedAt === null)
        expect(new Set(open.map(({ subject }) => subject)).size).toBe(open.length)
      }
      const all = alerts.alerts('rtm', {}, { limit: 500 }).items
      const holds = all.filter(({ clearedAt }) => clearedAt === null).map(({ subject }) => subject)
      expect(holds.toSorted()).toEqual([...beyond].toSorted())
      expect(all.reduce((sum, { times }) => sum + times, 0)).toBe(episodes)
      await alerts.close()
    }),
    { numRuns: 200 },
  )
})

function through(kept: KeptRules): KeptRules {
  return KeptRules.parse(JSON.parse(JSON.stringify(kept)))
}
