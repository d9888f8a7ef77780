import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type AntennaPower, type ReaderPower, usualTrialSeconds } from '../../../shared/reader-power.ts'
import type { Hearing } from '../../../shared/tuning.ts'
import {
  type Heard,
  heardBy,
  levelNear,
  type OwnTrial,
  type TrialStanding,
  tellsOf,
  trialStanding,
} from '../core/power.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'

const compareEveryMs = 2_000
/** What was heard just before the reader was told is not of the trial. */
const settlingSeconds = 2
const compared = 30

/** One antenna: what it sends with, a level to choose, and what it heard before and while that was tried. */
export function AntennaPowerForm({
  reader,
  antenna,
  mayChange,
  onAsked,
}: {
  readonly reader: ReaderPower
  readonly antenna: AntennaPower
  readonly mayChange: boolean
  readonly onAsked: () => void
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const { levelsDbm, gateway } = reader
  const chosen = useSignal<number | null>(null)
  const own = useSignal<OwnTrial | null>(null)
  const before = useSignal<Heard | null>(null)
  const after = useSignal<Heard | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const isAsking = useSignal(false)
  const place = chosen.value ?? levelNear(levelsDbm, antenna.dbm)
  const level = levelsDbm[place] ?? 0
  const dbm = (value: number) => `${format.number(value, Number.isInteger(value) ? 0 : 2)} dBm`
  const standing = trialStanding(reader, antenna, own.value, store.now.value)
  const isRunning = standing.is === 'running' || standing.is === 'applying'
  const path = `/sites/${encodeURIComponent(site)}/power/${gateway}/${reader.reader}/${antenna.antenna}`
  const name = words.powerAntenna(String(antenna.antenna))

  useEffect(() => {
    const asked = own.peek()
    if (asked !== null && !asked.isHeard && tellsOf(antenna.trial, asked)) own.value = { ...asked, isHeard: true }
  }, [antenna.trial])

  useEffect(() => {
    const asked = own.peek()
    if (standing.is !== 'running' || asked === null) return
    const leaving = new AbortController()
    const beganAt = store.now.peek()
    const timer = setInterval(async () => {
      const seconds = Math.floor((store.now.peek() - beganAt) / 1000) - settlingSeconds
      if (seconds < 1) return
      const heard = await hearing(Math.min(compared, seconds), leaving.signal)
      if (heard !== null && !leaving.signal.aborted) after.value = heard
    }, compareEveryMs)
    return () => {
      leaving.abort()
      clearInterval(timer)
    }
  }, [standing.is])

  async function hearing(seconds: number, signal?: AbortSignal): Promise<Heard | null> {
    const path = `/sites/${encodeURIComponent(site)}/hearing?seconds=${seconds}`
    const answer = await ask<Hearing>(path, signal === undefined ? {} : { signal })
    return answer.ok ? heardBy(answer.value, gateway, antenna.readPoint) : null
  }

  async function act(method: 'PUT' | 'POST' | 'DELETE', address: string, body?: object): Promise<boolean> {
    isAsking.value = true
    const answer = await ask(address, { method, ...(body === undefined ? {} : { body }) })
    isAsking.value = false
    refused.value = answer.ok ? null : answer
    setTimeout(onAsked, 200)
    return answer.ok
  }

  async function tryIt(): Promise<void> {
    before.value = isRunning ? before.value : await hearing(compared)
    after.value = null
    chosen.value = place
    if (await act('POST', `${path}/trial`, { dbm: level, seconds: usualTrialSeconds }))
      own.value = { dbm: level, seconds: usualTrialSeconds, at: store.now.peek(), isHeard: false }
  }

  async function keep(value: number | null): Promise<void> {
    if (!(await act('PUT', path, { dbm: value }))) return
    chosen.value = null
    own.value = null
  }

  const from = {
    trial: words.powerByTrial,
    board: words.powerByBoard,
    file: words.powerByFile,
    reader: words.powerByReader,
  }[antenna.from]
  return (
    <fieldset class="antenna-power">
      <legend>
        {name} <span class="quiet mono">{antenna.readPoint}</span>
      </legend>
      <p>
        <b>{antenna.dbm === null ? words.powerUnknown : dbm(antenna.dbm)}</b> <span class="quiet">{from}</span>
        {!reader.isApplied && <span class="status silent"> {words.powerNotConfirmed}</span>}
      </p>
      <Kept antenna={antenna} dbm={dbm} />
      {mayChange && (
        <>
          <label class="power-level">
            <span>
              {words.powerLevel} <output>{dbm(level)}</output>
            </span>
            <input
              type="range"
              min={0}
              max={levelsDbm.length - 1}
              step={1}
              value={place}
              aria-label={`${words.powerLevel}: ${name}`}
              aria-valuetext={dbm(level)}
              onInput={({ currentTarget }) => {
                chosen.value = Number(currentTarget.value)
              }}
            />
          </label>
          <div class="power-acts">
            <button type="button" class="button" disabled={isAsking.value} onClick={() => void tryIt()}>
              {words.powerTry(format.number(usualTrialSeconds))}
            </button>
            <button type="button" class="button" disabled={isAsking.value} onClick={() => void keep(level)}>
              {words.powerKeep(dbm(level))}
            </button>
            {(isRunning || standing.is === 'asked') && (
              <button type="button" class="button" onClick={() => void act('DELETE', `${path}/trial`)}>
                {words.powerBack}
              </button>
            )}
            {antenna.kept !== null && antenna.kept.dbm !== null && (
              <button type="button" class="button" disabled={isAsking.value} onClick={() => void keep(null)}>
                {words.powerAsFile}
              </button>
            )}
          </div>
        </>
      )}
      <Standing standing={standing} dbm={dbm} />
      {refused.value !== null && <Refused refusal={refused.value} />}
      {before.value !== null && own.value !== null && <Compared before={before.value} after={after.value} />}
    </fieldset>
  )
}

/** Why the server did not take it: one line, for there may be many antennas. */
function Refused({ refusal: { status, detail } }: { readonly refusal: Refusal }) {
  const words = useStore().words.value
  return (
    <p role="alert" class="status offline">
      {status === 0 ? words.notReachable : <span lang="en">{detail}</span>}
    </p>
  )
}

function Kept({
  antenna: { kept, fileDbm },
  dbm,
}: {
  readonly antenna: AntennaPower
  readonly dbm: (value: number) => string
}) {
  const words = useStore().words.value
  const inFile = fileDbm === null ? words.powerNoFile : words.powerFile(dbm(fileDbm))
  if (kept === null || (kept.dbm === null && kept.state === 'confirmed')) return <p class="quiet">{inFile}</p>
  const what = kept.dbm === null ? words.powerAsFile : words.powerKept(dbm(kept.dbm), kept.by)
  const states = { asked: words.powerAsked, confirmed: words.powerConfirmed, refused: words.powerRefused }
  return (
    <p class="quiet">
      {what} · {states[kept.state]}
      {kept.reason !== null && <span lang="en"> {kept.reason}</span>} · {inFile}
    </p>
  )
}

/** The state in words for everybody; the seconds that run down are not read out one by one. */
function Standing({ standing, dbm }: { readonly standing: TrialStanding; readonly dbm: (value: number) => string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  return (
    <p>
      <span role="status">{said()}</span>
      {standing.is === 'running' && (
        <b role="timer"> {words.powerLeft(format.number(Math.ceil(standing.leftMs / 1000)))}</b>
      )}
    </p>
  )

  function said(): string {
    switch (standing.is) {
      case 'none':
        return ''
      case 'asked':
        return words.powerTrialAsked
      case 'unreachable':
        return words.powerTrialUnreachable
      case 'applying':
        return words.powerTrialApplying(dbm(standing.dbm))
      case 'running':
        return words.powerTrialRuns(dbm(standing.dbm))
      case 'refused':
        return `${words.powerTrialRefused} ${standing.reason}`
      case 'over':
        return words.powerTrialOver
      case 'lost':
        return words.powerTrialLost
    }
  }
}

/** What was heard with the one and with the other, side by side. */
function Compared({ before, after }: { readonly before: Heard; readonly after: Heard | null }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const rows: readonly [string, (heard: Heard) => string][] = [
    [words.tuningReads, ({ readsPerSecond }) => format.number(readsPerSecond, 1)],
    [words.tuningTags, ({ tags }) => format.number(tags)],
    [
      words.powerMedian,
      ({ medianRssiDbm }) => (medianRssiDbm === null ? '–' : `${format.number(Math.round(medianRssiDbm))} dBm`),
    ],
  ]
  return (
    <table class="rows power-compared">
      <caption class="quiet">{words.powerCompared}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col" class="number">
            {words.powerBefore(format.number(before.seconds))}
          </th>
          <th scope="col" class="number">
            {after === null ? words.powerWhileWaiting : words.powerWhile(format.number(after.seconds))}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, said]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="number">{said(before)}</td>
            <td class="number">{after === null ? '–' : said(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
