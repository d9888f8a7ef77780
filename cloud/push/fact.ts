import type { Alert, GatewayState } from '../../shared/api.ts'
import type { BoardCounters, BoardDoubts, SensorNow, SlotStateName } from '../../shared/board.ts'
import type { PowerOrder } from '../../shared/reader-power.ts'
import type { Rule } from '../../shared/rule.ts'
import type { ShipmentSummary } from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'

/** What a projection tells the boards, or the gateways, after its commit. May be lost: a client takes a new snapshot. */
export type Fact =
  | { readonly type: 'map'; readonly map: SiteMap }
  | {
      readonly type: 'slot'
      readonly site: string
      readonly slot: string
      readonly state: SlotStateName
      readonly items: number
      readonly asOf: number
    }
  | {
      readonly type: 'counters'
      readonly site: string
      readonly counters: Omit<BoardCounters, keyof BoardDoubts>
    }
  | { readonly type: 'doubts'; readonly site: string; readonly doubts: BoardDoubts }
  | { readonly type: 'sensor'; readonly site: string; readonly now: SensorNow }
  | { readonly type: 'alert'; readonly alert: Alert }
  /** Of an open shipment, or of one that has just ended. */
  | { readonly type: 'shipment'; readonly shipment: ShipmentSummary }
  | { readonly type: 'gateway'; readonly state: GatewayState }
  /** All rules of a site that run on its gateways, and the items on hold that they may ask for: for gateways, not boards. */
  | { readonly type: 'gateway-rules'; readonly site: string; readonly rules: readonly Rule[] }
  | { readonly type: 'held'; readonly site: string; readonly epcs: readonly string[]; readonly leftOut: number }
  /** All that the board wants of the power of one gateway's readers: for gateways. */
  | { readonly type: 'power'; readonly site: string; readonly gateway: string; readonly orders: readonly PowerOrder[] }
  /** Event time of the newest record applied, and when the cloud took it; for the lag shown on the board. */
  | { readonly type: 'flow'; readonly site: string; readonly newestAt: number; readonly recordedAt: number }

/** Takes facts in the order of their commits. Must not throw and must not wait. */
export type TellBoards = (facts: readonly Fact[]) => void
