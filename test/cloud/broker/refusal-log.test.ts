import { expect, test } from 'vitest'
import type { Act } from '../../../cloud/audit/act.ts'
import type { Refusal } from '../../../cloud/broker/embedded.ts'
import { refusalTeller } from '../../../cloud/broker/refusal-log.ts'

const anonymous: Refusal = { kind: 'anonymous', remoteAddress: '192.0.2.7' }

test('a flood of refusals is told by its first lines and by its sum', () => {
  let nowMs = 0
  const lines: [object, string][] = []
  const acts: Act[] = []
  const tell = refusalTeller({ warn: (fields, sentence) => lines.push([fields, sentence]) }, (act) => acts.push(act), {
    now: () => nowMs,
    monotonicMs: () => nowMs,
  })
  for (let attempt = 0; attempt < 1000; attempt += 1) tell(anonymous)
  expect(lines).toHaveLength(20)
  nowMs = 60_000
  tell({ kind: 'will', remoteAddress: undefined })
  expect(lines.slice(20)).toEqual([
    [{ anonymous: 980 }, 'refused at the broker, beyond those told one by one'],
    [{ kind: 'will', remoteAddress: undefined }, 'refused at the broker'],
  ])
  expect(acts.slice(19).map(({ act, from, detail }) => [act, from, detail])).toEqual([
    ['mqtt anonymous', '192.0.2.7', null],
    ['mqtt, beyond those told one by one', '', '{"anonymous":980}'],
    ['mqtt will', '', null],
  ])
})
