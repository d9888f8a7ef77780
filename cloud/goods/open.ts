import { z } from 'zod'
import { mostListedEpcs } from '../../shared/rules/of-devices.ts'
import { keptInStep } from '../database/kept-in-step.ts'
import { type Migration, openDatabase, transaction } from '../database/open.ts'
import type { Projection } from '../journal/projection.ts'
import type { Fact as BoardFact, TellBoards } from '../push/fact.ts'
import { fold } from './fold.ts'
import { goodsSchema, openGoodsState, packedSchema } from './keep.ts'
import type { GoodsWords } from './port.ts'
import { wordsOf } from './port.ts'
import { type GoodsChanges, type GoodsState, noChanges } from './state.ts'
import { openTeller } from './tell.ts'

export interface Goods extends Projection {
  /** What other rooms on this thread may ask. */
  readonly words: GoodsWords
  readonly state: Readonly<GoodsState>
  /** The whole present state as facts, to seed boards at start. */
  standing(): readonly BoardFact[]
}

const migrations: readonly Migration[] = [
  `
  CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), "offset" INTEGER NOT NULL, now INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (1, 0, 0);
  ${goodsSchema}
  `,
  packedSchema,
]
const Progress = z.object({ offset: z.int(), now: z.int() })

/** Opens the projection of what is known of goods, and of what should be where. */
export async function openGoods(options: { readonly path: string; readonly tell: TellBoards }): Promise<Goods> {
  const database = openDatabase({ path: options.path, migrations, durability: 'normal' })
  const { state, save, saved, load } = openGoodsState(database)
  const teller = openTeller(state)
  const putProgress = database.prepare('UPDATE progress SET "offset" = ?, now = ?')
  const readProgress = () => Progress.parse(database.prepare('SELECT "offset", now FROM progress').get())
  const { offset, now } = readProgress()
  state.now = now
  const projecting = keptInStep<GoodsChanges>({
    offset,
    reload: () => {
      load()
      state.now = readProgress().now
    },
    fold: (entries) => {
      const changes = noChanges()
      fold(state, entries, changes)
      return changes
    },
    save: (_changes, to) => {
      transaction(database, () => {
        save()
        putProgress.run(to, state.now)
      })
      saved()
    },
    // The journal has a tick every second: the file is never further behind than that.
    mayWait: ({ sites }, entries) => sites.size === 0 && entries.every(({ origin }) => origin === 'gateway'),
    tell: ({ sites }) => {
      const facts = [...teller.news(sites), ...[...sites].map(heldAt).filter(isNews)]
      if (facts.length > 0) options.tell(facts)
    },
  })
  const heldAt = (site: string) => ({ type: 'held' as const, site, ...state.facts.firstOnHold(site, mostListedEpcs) })
  /** site → what was told last of its holds; most imports change none. */
  const heldTold = new Map<string, string>()
  function isNews(fact: ReturnType<typeof heldAt>): boolean {
    const text = JSON.stringify(fact)
    if (text === (heldTold.get(fact.site) ?? JSON.stringify({ ...fact, epcs: [], leftOut: 0 }))) return false
    heldTold.set(fact.site, text)
    return true
  }

  return {
    name: 'goods',
    words: wordsOf(state),
    state,
    get offset() {
      return projecting.offset
    },
    apply: projecting.apply,
    skip: projecting.skip,
    standing: () => [...teller.standing(), ...state.facts.sitesWithHolds().map(heldAt).filter(isNews)],
    close: async () => {
      if (!database.isOpen) return
      projecting.flush()
      database.close()
    },
  }
}
