import { iso } from '../../shared/api.ts'
import type { AntennaPower, AntennaPowerSaid, ReaderPower } from '../../shared/reader-power.ts'
import type { KeptPower } from './power.ts'
import type { KeptGateway } from './state.ts'

type Asked = KeptPower['asked'][string]

/** What was asked for beside what the gateway says, reader by reader. */
export function viewPower({ gateway, said, asked }: KeptPower, known: KeptGateway | undefined): readonly ReaderPower[] {
  return Object.entries(said)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reader, { at, power }]) => ({
      gateway,
      reader,
      link: known?.link ?? 'never',
      state: known?.devices[reader]?.state ?? null,
      saidAt: iso(at),
      levelsDbm: power.levelsDbm,
      isApplied: power.isApplied,
      antennas: power.antennas.map((antenna) =>
        viewAntenna(antenna, asked[`${reader}/${antenna.antenna}`], power.isApplied),
      ),
    }))
}

function viewAntenna(said: AntennaPowerSaid, asked: Asked | undefined, isApplied: boolean): AntennaPower {
  const { antenna, readPoint, dbm, from, fileDbm = null } = said
  return {
    antenna,
    readPoint,
    dbm,
    from,
    fileDbm,
    kept: viewKept(said, asked?.kept, isApplied),
    trial: viewTrial(said.trial, asked?.trial),
  }
}

function viewKept(said: AntennaPowerSaid, kept: Asked['kept'], isApplied: boolean): AntennaPower['kept'] {
  if (kept === undefined) return null
  const isHeard = (said.keptDbm ?? null) === kept.dbm
  const isRefused = isHeard && said.refusal !== undefined
  const state = isRefused ? 'refused' : isHeard && isApplied ? 'confirmed' : 'asked'
  return {
    dbm: kept.dbm,
    at: iso(kept.at),
    by: kept.by,
    state,
    reason: isRefused ? (said.refusal ?? null) : null,
  }
}

/** What the gateway says of the very trial that was asked for; else that it has not said anything of it. */
function viewTrial(said: AntennaPowerSaid['trial'], asked: Asked['trial']): AntennaPower['trial'] {
  if (asked !== undefined && said?.askedAt !== asked.askedAt)
    return { dbm: asked.dbm, by: asked.by, state: 'asked', untilAt: null, reason: null }
  if (said === undefined) return null
  const { dbm, state, untilAt, reason = null } = said
  return { dbm, by: asked?.by ?? null, state, untilAt: untilAt === undefined ? null : iso(untilAt), reason }
}
