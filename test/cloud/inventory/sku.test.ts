import { describe, expect, test } from 'vitest'
import { skuOf, withSku } from '../../../cloud/inventory/sku.ts'
import { openPlaces } from '../../../cloud/location/place.ts'

const places = openPlaces([])
const at = (site: string) => places.of(site, 'A', null)
const rtm = withSku('', 'rtm', 'TEA')
const both = withSku(rtm, 'ham', 'GOLD')

describe('what is on a tag', () => {
  for (const [name, skus, site, sites, expected] of [
    ['nobody said', '', 'rtm', 'rtm', null],
    ['the site where it is said', rtm, 'rtm', 'rtm', 'TEA'],
    ['each site for itself', both, 'ham', 'ham,rtm', 'GOLD'],
    ['said again', withSku(both, 'rtm', 'COFFEE'), 'rtm', 'ham,rtm', 'COFFEE'],
    ['on a site that said nothing', rtm, 'oslo', 'oslo,rtm', 'TEA'],
    ['a site that never had it', rtm, 'oslo', 'oslo', null],
    ['of a file without sites', 'TEA', 'rtm', 'rtm', 'TEA'],
    ['of such a file, and said again', withSku('TEA', 'rtm', 'COFFEE'), 'rtm', 'rtm', 'COFFEE'],
    ['a name with a tab', withSku('', 'rtm', 'A\tB'), 'rtm', 'rtm', 'A\tB'],
    ['a name with our separator', withSku(rtm, 'ham', 'A\u001eham\tB'), 'ham', 'ham', 'A ham\tB'],
  ] as const) {
    test(name, () => expect(skuOf({ skus, place: at(site), sites })).toBe(expected))
  }

  test('the order in which sites say it does not matter', () => {
    expect(withSku(withSku('', 'ham', 'GOLD'), 'rtm', 'TEA')).toBe(both)
  })
})
