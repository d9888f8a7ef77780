import { iso } from '../../shared/api.ts'
import type { ItemFacts } from '../../shared/goods.ts'
import type { GoodsQueries } from '../http/read-models.ts'
import type { Inventory } from '../inventory/open.ts'
import { pageByKey } from '../inventory/page.ts'
import { expectedKey, expectedRows, misplacedKey, misplacedRows } from './against-homes.ts'
import { ageKey, ageRows } from './ages.ts'
import { homesOn } from './homes.ts'
import type { Goods } from './open.ts'
import { shipmentQueries } from './shipment-queries.ts'

/** An answer reads some 20 µs from two files for each item of the SKU. */
const mostAged = 20_000

/** What should be where, of this room, against what is held to be there, of the stock. */
export function goodsQueries(
  goods: Pick<Goods, 'state' | 'words'>,
  inventory: Pick<Inventory, 'holdings' | 'untaggedHoldings' | 'isSurelyOutOf' | 'slotWord' | 'arrivedAt'>,
): GoodsQueries {
  const { state, words } = goods
  return {
    itemFacts: (site, epc) => factsOf(epc, words.of(site, epc)),
    expected: (site, filter, page) =>
      pageByKey(
        expectedRows(
          homesOn(state, site),
          inventory.holdings(site),
          inventory.untaggedHoldings(site),
          (slot) => inventory.slotWord(site, slot),
          filter,
        ),
        expectedKey,
        (row) => row,
        page,
      ),
    misplaced: (site, { doubtful }, page) =>
      pageByKey(
        misplacedRows(homesOn(state, site), inventory.holdings(site), inventory.isSurelyOutOf, doubtful),
        misplacedKey,
        (row) => row,
        page,
      ),
    ages: (site, sku, page) => {
      const holdings = [...inventory.holdings(site)].filter((holding) => holding.sku === sku)
      if (holdings.length > mostAged) return 'too-many'
      const sources = {
        fact: (epc: string) => state.facts.get(site, epc),
        arrivedAt: (epc: string) => inventory.arrivedAt(epc),
        now: state.now,
      }
      return pageByKey(ageRows(holdings, sources), ageKey, (row) => row, page)
    },
    ...shipmentQueries(state),
  }
}

function factsOf(epc: string, word: ReturnType<Goods['words']['of']>): ItemFacts {
  const { sku, lot, expiresAt, hold, receivedAt, owner, homes } = word
  return {
    epc,
    sku,
    lot,
    expiresAt: expiresAt === null ? null : iso(expiresAt),
    hold,
    receivedAt: receivedAt === null ? null : iso(receivedAt),
    owner,
    homes,
  }
}
