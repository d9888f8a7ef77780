import { openGoods } from '../../cloud/goods/open.ts'
import { goodsQueries } from '../../cloud/goods/queries.ts'
import { makeApp } from '../../cloud/http/app.ts'
import { openInventory } from '../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../cloud/journal/journal.ts'
import { OwnRecord } from '../../cloud/journal/own-record.ts'
import type { Fact } from '../../cloud/push/fact.ts'
import { makeBench } from './http-parts.ts'
import { fromCloud, never, numbered } from './journal-entries.ts'

/** Stock and goods on one journal in memory, behind the real HTTP side: what is appended is folded at once. */
export async function openGoodsHouse() {
  const bench = makeBench()
  const told: Fact[] = []
  const tell = (facts: readonly Fact[]) => void told.push(...facts)
  const inventory = await openInventory({ path: ':memory:', tell })
  const goods = await openGoods({ path: ':memory:', tell })
  const entries: JournalEntry[] = []

  async function append(...fresh: readonly JournalEntry[]): Promise<number> {
    const next = numbered(fresh, entries.length)
    entries.push(...next)
    for (const projection of [inventory, goods]) await projection.apply(next, never)
    return entries.length
  }
  const parts = {
    ...bench.parts,
    inventory,
    goods: goodsQueries(goods, inventory),
    journal: {
      appendOwn: (site: string | undefined, records: readonly OwnRecord[]) =>
        append(
          fromCloud(
            records.map((record) => OwnRecord.parse(record)),
            site,
          ),
        ),
    },
  }
  const app = await makeApp(parts, { version: '1.2.3', requestsPerMinute: 100_000 })
  const admin = bench.bearer('admin')
  const csv = { 'content-type': 'text/csv' }
  return {
    bench,
    inventory,
    goods,
    entries,
    told,
    append,
    get: async <T = { items: Record<string, unknown>[] }>(path: string) => {
      const answer = await app.inject({ url: `/api/v1${path}`, headers: admin })
      if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.statusCode} ${answer.body}`)
      return answer.json<T>()
    },
    getRaw: (path: string) => app.inject({ url: `/api/v1${path}`, headers: admin }),
    post: (path: string, payload: object | string) =>
      app.inject({
        method: 'POST',
        url: `/api/v1${path}`,
        payload,
        headers: { ...admin, ...(typeof payload === 'string' && csv) },
      }),
    async close() {
      await app.close()
      await inventory.close()
      await goods.close()
      bench.close()
    },
  }
}
export type GoodsHouse = Awaited<ReturnType<typeof openGoodsHouse>>
