import { expect, test } from 'vitest'
import { type Load, nextSacrifice, overflowSteps, survives } from '../../../edge/spool/overflow.ts'
import { type ClassCode, classCodes, type RecordClass } from '../../../edge/spool/record-class.ts'

function load(stepsTaken: number, counts: Partial<Record<RecordClass, number>>): Load {
  const all = new Array<number>(11).fill(0)
  for (const [name, count] of Object.entries(counts)) all[classCodes[name as RecordClass]] = count
  return { stepsTaken, counts: all }
}

for (const [name, loads, expected] of [
  [
    'measurements are thinned first, oldest first',
    [load(0, { measurement: 9, observation: 9 }), load(0, { measurement: 9 })],
    { index: 0, step: 0 },
  ],
  [
    'every segment is thinned once before any is thinned twice',
    [load(1, { measurement: 9 }), load(0, { measurement: 9 })],
    { index: 1, step: 0 },
  ],
  ['then harder', [load(1, { measurement: 9 }), load(1, { measurement: 9 })], { index: 0, step: 1 }],
  ['at last they go', [load(3, { measurement: 9 })], { index: 0, step: 3 }],
  [
    'observations go when no measurement is left',
    [load(4, { observation: 1 }), load(4, { passage: 1 })],
    { index: 0, step: 4 },
  ],
  ['unknown kinds with them', [load(0, { other: 1 })], { index: 0, step: 4 }],
  ['passages and scans after them', [load(5, { passage: 1, device: 9 })], { index: 0, step: 5 }],
  ['device, alert, clock and gap never go', [load(0, { device: 1, alert: 1, clock: 1, gap: 1 })], undefined],
  ['nothing there', [], undefined],
] as const) {
  test(name, () => expect(nextSacrifice(loads)).toEqual(expected))
}

test('thinning keeps about one in so many, of each of two sensors that take turns', () => {
  for (const step of overflowSteps.filter(({ keepOneIn }) => keepOneIn > 0)) {
    for (const turn of [0, 1]) {
      let kept = 0
      for (let n = 0; n < 4000; n += 1) if (survives(step, classCodes.measurement, 2 * n + turn)) kept += 1
      expect(kept / 4000).toBeGreaterThan(0.8 / step.keepOneIn)
      expect(kept / 4000).toBeLessThan(1.2 / step.keepOneIn)
    }
  }
})

test('a step touches its own classes only', () => {
  for (const step of overflowSteps) {
    for (const code of Object.values(classCodes) as ClassCode[]) {
      if (!step.classCodes.includes(code)) expect(survives(step, code, 1)).toBe(true)
    }
  }
})
