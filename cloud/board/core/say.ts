import type { GatewayState } from '../../../shared/api.ts'
import { isOpen } from './alert-order.ts'
import type { Board } from './board.ts'
import { countSlots } from './board.ts'
import type { Format } from './format.ts'
import type { Liveness } from './liveness.ts'
import type { Plan } from './plan.ts'
import { isLost, type SiteTrust } from './trust.ts'
import type { Words } from './words/words.ts'

/** Names in one line; the gateways page has all of them. */
const mostNamed = 5

/** Sentences that the picture alone would keep from somebody. */

/** What the plan shows, in one breath, for those who do not see it. */
export function planSentence(board: Board, liveness: Liveness, words: Words, format: Format): string {
  const { occupied, empty, unknown } = countSlots(board.slotState)
  const open = [...board.alerts.values()].filter(isOpen).length
  const sentences = [
    words.planSummary(board.map.name, format.number(occupied), format.number(empty), format.number(unknown)),
    open === 0 ? words.planSummaryNoAlerts : words.planSummaryAlerts(open, format.number(open)),
  ]
  if (liveness.state === 'lost') sentences.push(words.planSummaryNotLive(format.age(liveness.ageMs)))
  return sentences.join(' ')
}

/** One line for each cause that keeps a part of the plan from being current. `now` is server time. */
export function troubleLines(
  board: Board,
  plan: Plan,
  trust: SiteTrust,
  words: Words,
  format: Format,
  now: number,
): string[] {
  const lines: string[] = []
  for (const [gateway, served] of plan.zonesOf) {
    const state = board.gateways.get(gateway)
    if (!isLost(state)) continue
    const zones = format.list(board.map.zones.filter(({ id }) => served.has(id)).map(({ name }) => name))
    const lastAt = state === undefined ? null : silentSince(state)
    lines.push(
      lastAt === null
        ? words.gatewayNeverLine(gateway, zones)
        : words.gatewayLostLine(gateway, zones, format.time(lastAt, now)),
    )
  }
  const silent = trust.silentReaders
  if (silent.length > 0) {
    const named = format.list(silent.slice(0, mostNamed))
    lines.push(
      words.readersSilentLine(
        silent.length,
        silent.length > mostNamed ? `${named} … (${format.number(silent.length)})` : named,
      ),
    )
  }
  return lines
}

/** The last moment for which a gateway that is not online can speak; `null` = there is none. */
export function silentSince(state: GatewayState): number | null {
  const text = state.lastHeardAt ?? (state.link === 'never' ? null : state.since)
  return text === null ? null : Date.parse(text)
}
