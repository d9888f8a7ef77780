import { expect, test } from 'vitest'
import { fitGate, recordedCases } from '../../../bench/gate/fit.ts'
import { recordedRuns } from '../../../bench/gate/recorded.ts'
import { accuracyOf, confusionOf } from '../../../bench/gate/recorded-table.ts'
import { recordedGate } from '../../support/recorded-gate.ts'

const isThere = recordedGate('run-x1') !== undefined

test.skipIf(!isThere)('moved or stood still, of a run that the model was not fitted to: 97 % right', () => {
  const runs = recordedRuns()
  expect(runs.map(({ name }) => name)).toEqual(['run-x1', 'run-x3', 'run-x5'])
  for (const run of runs) {
    const others = runs.filter((other) => other !== run).flatMap(recordedCases)
    expect(accuracyOf(confusionOf(run, fitGate([others]))), run.name).toBeGreaterThanOrEqual(0.97)
  }
})
