import { expect, test } from 'vitest'
import { filterOf, matchTopic } from '../../../edge/sources/mqtt/topic.ts'

for (const [pattern, topic, device] of [
  ['impinj/{device}/tags', 'impinj/r700-1/tags', 'r700-1'],
  ['impinj/{device}/tags', 'impinj/r700-1/status', undefined],
  ['impinj/{device}/tags', 'impinj/r700-1/tags/more', undefined],
  ['impinj/{device}/tags', 'impinj/r700-1', undefined],
  ['zigbee2mqtt/{device}', 'zigbee2mqtt/冷库 1', '冷库 1'],
  ['zigbee2mqtt/{device}', 'zigbee2mqtt/bridge/state', undefined],
  ['+/{device}', 'a/b', 'b'],
  ['fixed/topic', 'fixed/topic', ''],
  ['{device}/x', '$SYS/x', undefined],
] as const) {
  test(`${pattern} on ${topic}`, () => expect(matchTopic(pattern, topic)).toBe(device))
}

test('the filter has a wildcard for the device', () => {
  expect(filterOf('impinj/{device}/tags')).toBe('impinj/+/tags')
})
