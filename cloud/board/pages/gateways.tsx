import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { GatewayState } from '../../../shared/api.ts'
import { silentSince } from '../core/say.ts'
import { useStore } from '../live/store.ts'
import { GivenUpList } from '../parts/given-up.tsx'
import { Link } from '../parts/link.tsx'
import { TagPreview } from '../parts/tag-preview.tsx'
import { WideRows } from '../parts/wide-rows.tsx'
import { Lazy } from './lazy.tsx'

const loadAntennas = () => import('../parts/antennas.tsx').then(({ Antennas }) => Antennas)
const loadPowers = () => import('../parts/reader-power.tsx').then(({ ReaderPowers }) => ReaderPowers)

/** The computers in the hall and what hangs on them, those in trouble first. */
export function GatewaysPage() {
  const store = useStore()
  const words = store.words.value
  const board = store.board.value
  const isWatching = useSignal(false)
  const isSetting = useSignal(false)
  if (board === null) return <section class="page" aria-busy="true" />
  const rank = { offline: 0, never: 1, online: 2 } as const
  const gateways = [...board.gateways.values()].sort(
    (a, b) => rank[a.link] - rank[b.link] || a.gateway.localeCompare(b.gateway),
  )
  return (
    <section class="page">
      <h1>{words.gateways}</h1>
      {gateways.length === 0 && (
        <>
          <p class="big">{words.noGateways}</p>
          <p class="quiet">{words.noGatewaysHint}</p>
        </>
      )}
      <GivenUpList />
      <p class="only-narrow">
        <Link to={{ page: 'system' }}>{words.system}</Link>
      </p>
      <ul class="gateway-list">
        {gateways.map((state) => (
          <Gateway key={state.gateway} state={state} />
        ))}
      </ul>
      <h2>{words.tuning}</h2>
      <p>
        <button
          type="button"
          class="button"
          aria-expanded={isWatching.value}
          onClick={() => {
            isWatching.value = !isWatching.value
          }}
        >
          {isWatching.value ? words.tuningClose : words.tuningOpen}
        </button>
      </p>
      {isWatching.value && <Lazy load={loadAntennas} />}
      <h2>{words.power}</h2>
      <p>
        <button
          type="button"
          class="button"
          aria-expanded={isSetting.value}
          onClick={() => {
            isSetting.value = !isSetting.value
          }}
        >
          {isSetting.value ? words.powerClose : words.powerOpen}
        </button>
      </p>
      {isSetting.value && <Lazy load={loadPowers} />}
    </section>
  )
}

function Gateway({ state }: { readonly state: GatewayState }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const ago = (at: string | null) => (at === null ? words.never : format.ago(store.now.value - Date.parse(at)))
  const link = { online: words.linkOnline, offline: words.linkOffline, never: words.linkNever }[state.link]
  const devices = [...state.devices].sort((a, b) => a.device.localeCompare(b.device))
  const troubled = devices.filter((device) => device.state !== 'up')
  const healthy = devices.filter((device) => device.state === 'up')
  /** While it is not heard, what it told is of then. */
  const toldAt = state.link === 'online' ? null : silentSince(state)
  return (
    <li class={`gateway ${state.link}`}>
      <header>
        <h2 class="mono">{state.gateway}</h2>
        <span class={`status ${state.link}`}>
          {link}
          {state.since !== null && state.link !== 'never' && (
            <span class="quiet"> {words.deviceSince(format.age(store.now.value - Date.parse(state.since)))}</span>
          )}
        </span>
      </header>
      {state.forked !== undefined && <p class="status offline">{words.gatewayForked}</p>}
      <dl class="facts wide">
        <div>
          <dt>{words.lastHeard}</dt>
          <dd>{ago(state.lastHeardAt)}</dd>
        </div>
        <div>
          <dt>{words.backlog}</dt>
          <Told at={toldAt}>
            {state.link === 'never'
              ? words.clockUnknown
              : state.backlog === 0
                ? words.backlogNone
                : words.backlogRecords(state.backlog, format.number(state.backlog))}
          </Told>
        </div>
        {state.spool !== undefined && (
          <div>
            <dt>{words.spool}</dt>
            <Told at={toldAt}>
              <SpoolSaid spool={state.spool} />
            </Told>
          </div>
        )}
        <div>
          <dt>{words.clock}</dt>
          <Told at={toldAt}>
            {state.clockSynced === null
              ? words.clockUnknown
              : state.clockSynced
                ? words.clockSynced
                : words.clockUnsynced}
          </Told>
        </div>
        <div>
          <dt>{words.version}</dt>
          <dd class="mono">{state.version ?? '–'}</dd>
        </div>
      </dl>
      {devices.length === 0 && <p class="quiet">{words.noDevices}</p>}
      {state.devicesLeftOut !== undefined && <p class="quiet">{words.devicesLeftOut}</p>}
      {troubled.length > 0 && <DeviceTable devices={troubled} toldAt={toldAt} />}
      {healthy.length > 0 && (
        <details open={healthy.length <= 6}>
          {toldAt === null ? (
            <summary>{words.devicesUp(healthy.length, format.number(healthy.length))}</summary>
          ) : (
            <summary class="quiet">{words.devicesWereUp(healthy.length, format.number(healthy.length))}</summary>
          )}
          <DeviceTable devices={healthy} toldAt={toldAt} />
        </details>
      )}
      {devices.length > 0 && <TagsNow state={state} />}
    </li>
  )
}

/** What a gateway told of itself, `at`: the last moment for which it could, and nobody knows what is so since; `null` = it is so now. */
function Told({ at, children }: { readonly at: number | null; readonly children: ComponentChildren }) {
  const store = useStore()
  if (at === null) return <dd>{children}</dd>
  return (
    <dd class="quiet">
      {children}
      <span class="sub">{store.words.value.toldAsOf(store.format.value.time(at, store.now.value))}</span>
    </dd>
  )
}

/** Somebody picks a reader, and sees its tags as they are read. */
function TagsNow({ state: { gateway, devices } }: { readonly state: GatewayState }) {
  const store = useStore()
  const words = store.words.value
  /** Empty: none. */
  const picked = useSignal('')
  const sensors = new Set(store.board.value?.map.sensors.map(({ id }) => id))
  // A gateway lists itself among its devices, for its own health.
  const readers = devices.map(({ device }) => device).filter((device) => device !== gateway && !sensors.has(device))
  if (readers.length === 0) return null
  const all = `${gateway} `
  return (
    <>
      <p>
        <label class="tags-now">
          {words.readsNow}{' '}
          <select
            class="field"
            value={picked.value}
            aria-label={`${words.readsNow}: ${gateway}`}
            onChange={(event) => (picked.value = event.currentTarget.value)}
          >
            <option value="">{words.readsOfNone}</option>
            <option value={all}>{words.readsOfAll}</option>
            {readers.sort().map((reader) => (
              <option key={reader} value={reader}>
                {reader}
              </option>
            ))}
          </select>
        </label>
      </p>
      {picked.value !== '' && <TagPreview gateway={gateway} reader={picked.value === all ? null : picked.value} />}
    </>
  )
}

/** How full, and by when: while its link is cut, what it filled at before still says when it will be full. */
function SpoolSaid({ spool }: { readonly spool: NonNullable<GatewayState['spool']> }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { waitingBytes, boundBytes, fullAt } = spool
  const leftMs = fullAt === null ? null : Date.parse(fullAt) - store.now.value
  return (
    <>
      {words.spoolUsed(
        format.percent(waitingBytes / boundBytes),
        `${format.number(Math.round(boundBytes / 2 ** 20))} MiB`,
      )}
      {leftMs !== null && (
        <span class="status silent"> {leftMs > 0 ? words.spoolFullIn(format.age(leftMs)) : words.spoolFullNow}</span>
      )}
    </>
  )
}

/** `toldAt` as in `Told`: the states, and how long they lasted, are of then. */
function DeviceTable({
  devices,
  toldAt,
}: {
  readonly devices: GatewayState['devices']
  readonly toldAt: number | null
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const names = { up: words.deviceUp, silent: words.deviceSilent, down: words.deviceDown }
  const lasted = (since: string) => Math.max(0, (toldAt ?? store.now.value) - Date.parse(since))
  return (
    <WideRows label={words.devices}>
      {toldAt !== null && <caption class="quiet">{words.toldAsOf(format.time(toldAt, store.now.value))}</caption>}
      <thead>
        <tr>
          <th scope="col">{words.device}</th>
          <th scope="col">{words.state}</th>
          <th scope="col">{words.why}</th>
        </tr>
      </thead>
      <tbody>
        {devices.map((device) => (
          <tr key={device.device}>
            <td class="mono">{device.device}</td>
            <td>
              <span class={toldAt === null ? `status ${device.state}` : 'status quiet'}>{names[device.state]}</span>{' '}
              <span class="quiet">{words.deviceSince(format.age(lasted(device.since)))}</span>
            </td>
            <td class="quiet" lang="en">
              {device.reason ?? ''}
            </td>
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}
