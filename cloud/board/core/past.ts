import type { BoardAsOf } from '../../../shared/api.ts'
import { slotStates } from '../../../shared/board.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { Board } from './board.ts'
import { deviceKey, type SiteTrust } from './trust.ts'

/** How far back the slider goes; an address may name an earlier instant. */
export const pastReachMs = 24 * 60 * 60_000
export const pastStepMs = 60_000
/** While it plays a minute passes in this time. */
export const playEveryMs = 700

const empty = slotStates.indexOf('empty')
const occupied = slotStates.indexOf('occupied')
const unknown = slotStates.indexOf('unknown')

/**
 * The board as the ledger tells it of then. Alerts, measurements and silent readers of then are not in the ledger, so
 * nothing of them is shown. A slot that nobody has ever looked at is as unknown then as it is now. On another map than
 * the page has, no slot can be named: everything is unknown.
 */
export function pastBoard(board: Board, past: BoardAsOf): Board {
  const count = board.map.slots.length
  const isSameMap = past.mapVersion === board.map.version && past.items.length === count
  return {
    ...board,
    asOf: Date.parse(past.at),
    slotState: Uint8Array.from({ length: count }, (_, slot) => {
      if (!isSameMap) return unknown
      if ((past.items[slot] ?? 0) > 0) return occupied
      return board.slotState[slot] === unknown && board.slotAsOf[slot] === 0 ? unknown : empty
    }),
    slotItems: isSameMap ? Uint32Array.from(past.items) : new Uint32Array(count),
    slotAsOf: new Float64Array(count),
    sensors: new Map(),
    alerts: new Map(),
    gateways: new Map(),
    counters: { ...board.counters, itemsOnSite: past.itemsOnSite, misplaced: null, uncertain: null },
  }
}

/** Nothing of then is called silent: whether readers were is not known. */
export function noDoubt({ slots, readPoints }: SiteMap): SiteTrust {
  const devices = new Map(readPoints.map((point) => [deviceKey(point), 'current'] as const))
  return { slots: new Uint8Array(slots.length), notCurrent: 0, silentReaders: [], zones: new Map(), devices }
}

/** Whole minutes that the slider may name at `now`. */
export function pastRange(now: number, ledgerSince: number | null): { readonly from: number; readonly to: number } {
  const to = Math.floor(now / pastStepMs) * pastStepMs
  const from = Math.max(to - pastReachMs, Math.ceil((ledgerSince ?? 0) / pastStepMs) * pastStepMs)
  return { from: Math.min(from, to), to }
}
