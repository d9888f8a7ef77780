import { expect, test } from 'vitest'
import { checkMap } from '../../../cloud/http/check-map.ts'
import { SiteMap } from '../../../shared/site-map.ts'

const beam = (input: number, side: 'outside' | 'inside', zone = 'dock') => ({
  ...{ gateway: 'gw-1', device: 'dock-1', input, zone, side },
})

test.each<[string, object[], string[]]>([
  ['a gate has one on either side', [beam(1, 'outside'), beam(2, 'inside')], []],
  ['an input tells of one', [beam(1, 'outside'), beam(1, 'inside')], ['"gw-1/dock-1/1" is there twice']],
  ['a side has one', [beam(1, 'outside'), beam(2, 'outside')], ['"gw-1/dock/outside" is there twice']],
  ['it hangs at a gate of the map', [beam(1, 'outside', 'gone')], ['there is no zone "gone" on this map']],
])('light barriers: %s', (_what, beams, messages) => {
  const map = SiteMap.parse({
    ...{ version: 1, site: 'north', name: 'North', timeZone: 'UTC', width: 20, depth: 20 },
    ...{ slots: [], readPoints: [], sensors: [], beams },
    zones: [{ id: 'dock', name: 'Dock', x: 0, y: 0, width: 9, depth: 9 }],
  })
  expect(checkMap(map).map(({ message }) => message)).toEqual(messages)
})
