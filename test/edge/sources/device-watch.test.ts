import { expect, test } from 'vitest'
import { watchDevices } from '../../../edge/sources/device-watch.ts'
import type { LinkReport } from '../../../edge/sources/source.ts'

function watched() {
  const reports: string[] = []
  const watch = watchDevices(({ device, state, reason }: LinkReport) => {
    reports.push(reason === undefined ? `${device} ${state}` : `${device} ${state}: ${reason}`)
  })
  return { watch, reports }
}

test('only changes are told', () => {
  const { watch, reports } = watched()
  watch.heard('a', 0)
  watch.heard('a', 10)
  watch.checkSilence(999, 1000)
  watch.checkSilence(1010, 1000)
  watch.checkSilence(5000, 1000)
  watch.heard('a', 5001)
  watch.allDown('cable')
  watch.allDown('cable')
  expect(reports).toEqual(['a up', 'a silent: no valid data for 1 s', 'a up', 'a down: cable'])
})

test('a device that never spoke falls silent after it was expected', () => {
  const { watch, reports } = watched()
  watch.expect('a', 100)
  watch.checkSilence(1099, 1000)
  expect(reports).toEqual([])
  watch.checkSilence(1100, 1000)
  expect(reports).toEqual(['a silent: no valid data for 1 s'])
})

test('down stays down until something is heard; a reopened port is not yet health', () => {
  const { watch, reports } = watched()
  watch.heard('a', 0)
  watch.down('a', 'gone')
  watch.checkSilence(60_000, 1000)
  watch.heard('a', 60_001)
  expect(reports).toEqual(['a up', 'a down: gone', 'a up'])
})

test('the connection itself may be excepted from silence', () => {
  const { watch, reports } = watched()
  watch.heard('broker', 0)
  watch.heard('a', 0)
  watch.checkSilence(2000, 1000, 'broker')
  expect(reports).toEqual(['broker up', 'a up', 'a silent: no valid data for 1 s'])
})
