import type { DatabaseSync } from 'node:sqlite'
import { keptLogSchema, keptSchema, openKept } from '../database/kept.ts'
import { factSchema, openFactTable } from './fact-table.ts'
import { KeptPacked, openPacked } from './packed.ts'
import { KeptPassage } from './passages.ts'
import { KeptShipment } from './shipment.ts'
import { type GoodsState, KeptClock, KeptGround, KeptHomes } from './state.ts'

const tables = ['homes', 'ground', 'shipment', 'passage', 'clock']

export const goodsSchema = `
  ${factSchema}
  ${tables.flatMap((table) => [keptSchema(table), keptLogSchema(table)]).join('\n')}
`

/** What is packed on what; a migration of its own, since files of this room were there before. */
export const packedSchema = [keptSchema('packed'), keptLogSchema('packed')].join('\n')

/** The state of this room in a file: its own, or that of a room which folds the same records for itself. */
export function openGoodsState(database: DatabaseSync): {
  readonly state: GoodsState
  /** Writes what changed, inside the caller's transaction; call `saved` after its commit. */
  save(): void
  saved(): void
  /** Back to what the file says. */
  load(): void
} {
  const state: GoodsState = {
    now: 0,
    facts: openFactTable(database),
    homes: openKept(database, 'homes', KeptHomes),
    grounds: openKept(database, 'ground', KeptGround),
    skuByArticle: new Map(),
    shipments: openKept(database, 'shipment', KeptShipment),
    passages: openKept(database, 'passage', KeptPassage),
    packed: openPacked(openKept(database, 'packed', KeptPacked)),
    clocks: openKept(database, 'clock', KeptClock),
    live: new Map(),
  }
  const kept = [state.facts, state.homes, state.grounds, state.shipments, state.packed, state.passages, state.clocks]
  return {
    state,
    save: () => {
      for (const one of kept) one.save()
    },
    saved: () => {
      for (const one of kept) one.saved()
    },
    load: () => {
      for (const one of kept) one.load()
      state.skuByArticle.clear()
      state.live.clear()
    },
  }
}
