import type { GatewayState } from '../../../shared/api.ts'
import type { Board } from './board.ts'
import { countSlots } from './board.ts'
import type { Format } from './format.ts'
import type { Liveness } from './liveness.ts'
import { deviceKey, isLost, type SiteTrust } from './trust.ts'
import type { Words } from './words/words.ts'

/** Names in one line; the gateways page has all of them. */
const mostNamed = 5

/** Sentences that the picture alone would keep from somebody. */

/** What the plan shows, in one breath, for those who do not see it. */
export function planSentence(board: Board, liveness: Liveness, words: Words, format: Format): string {
  const { occupied, empty, unknown } = countSlots(board.slotState)
  const active = [...board.alerts.values()].filter((alert) => alert.clearedAt === null).length
  const sentences = [
    words.planSummary(board.map.name, format.number(occupied), format.number(empty), format.number(unknown)),
    active === 0 ? words.planSummaryNoAlerts : words.planSummaryAlerts(active, format.number(active)),
  ]
  if (liveness.state === 'lost') sentences.push(words.planSummaryNotLive(format.age(liveness.ageMs)))
  return sentences.join(' ')
}

/** One line for each cause that keeps a part of the plan from being current. `now` is server time. */
export function troubleLines(board: Board, trust: SiteTrust, words: Words, format: Format, now: number): string[] {
  const lines: string[] = []
  const gateways = new Set([...board.map.readPoints, ...board.map.sensors].map(({ gateway }) => gateway))
  for (const gateway of gateways) {
    const state = board.gateways.get(gateway)
    if (!isLost(state)) continue
    const zones = format.list(zonesOf(board, gateway))
    const lastAt = state === undefined ? null : silentSince(state)
    lines.push(
      lastAt === null
        ? words.gatewayNeverLine(gateway, zones)
        : words.gatewayLostLine(gateway, zones, format.time(lastAt, now)),
    )
  }
  const silent = new Set(
    board.map.readPoints
      .filter((point) => trust.devices.get(deviceKey(point)) === 'reader-silent')
      .map(({ device }) => device),
  )
  if (silent.size > 0) {
    const named = format.list([...silent].slice(0, mostNamed))
    lines.push(
      words.readersSilentLine(
        silent.size,
        silent.size > mostNamed ? `${named} … (${format.number(silent.size)})` : named,
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

function zonesOf(board: Board, gateway: string): string[] {
  const ids = new Set(
    [...board.map.readPoints, ...board.map.sensors].filter((part) => part.gateway === gateway).map(({ zone }) => zone),
  )
  return board.map.zones.filter(({ id }) => ids.has(id)).map(({ name }) => name)
}
