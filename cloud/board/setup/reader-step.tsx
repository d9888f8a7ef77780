import { useSignal } from '@preact/signals'
import type { SiteMap } from '../../../shared/site-map.ts'
import { readerYaml, withReader } from '../core/setup.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { TagPreview } from '../parts/tag-preview.tsx'
import { Paste } from './gateway-step.tsx'
import { useSetupWords } from './use-setup-words.ts'

/** The reader shows up by itself, is put on the map, and what it sees is listed as it comes. */
export function ReaderStep({ site }: { readonly site: string }) {
  const store = useStore()
  const words = useSetupWords()
  const name = useSignal('reader-1')
  const host = useSignal('192.0.2.10')
  const gateways = [...(store.board.value?.gateways.values() ?? [])]
  // A gateway lists itself among its devices, for its own health.
  const found = gateways.flatMap(({ gateway, devices }) =>
    devices.filter(({ device }) => device !== gateway).map(({ device, state }) => ({ gateway, device, state })),
  )
  return (
    <>
      <p class="quiet">{words.readerIntro}</p>
      <div class="wall-form">
        <label>
          {words.readerName}
          <input class="mono" value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
        </label>
        <label>
          {words.readerHost}
          <input class="mono" value={host.value} onInput={(event) => (host.value = event.currentTarget.value)} />
        </label>
        <div class="wide">
          <Paste text={readerYaml(name.value, host.value)} />
        </div>
      </div>
      {found.length === 0 ? (
        <p class="big" role="status">
          {words.readerNone}
        </p>
      ) : (
        found.slice(0, 8).map((one) => <Reader key={`${one.gateway}/${one.device}`} site={site} {...one} />)
      )}
    </>
  )
}

function Reader({
  site,
  gateway,
  device,
  state,
}: {
  readonly site: string
  readonly gateway: string
  readonly device: string
  readonly state: 'up' | 'silent' | 'down'
}) {
  const store = useStore()
  const words = useSetupWords()
  const map = store.board.value?.map
  const zone = useSignal(map?.zones[0]?.id ?? '')
  const kind = useSignal<'gate' | 'zone'>('gate')
  const antennas = useSignal(4)
  const refused = useSignal<Refusal | null>(null)
  const isPlaced = map?.readPoints.some((point) => point.gateway === gateway && point.device === device) ?? false
  const place = async () => {
    const path = `/sites/${encodeURIComponent(site)}/map`
    const now = await ask<SiteMap>(path)
    const next = now.ok
      ? withReader(now.value, { gateway, device, zone: zone.value, kind: kind.value, antennas: antennas.value })
      : null
    const answer = next === null ? now : await ask(path, { method: 'PUT', body: next })
    refused.value = answer.ok ? null : answer
  }
  return (
    <section class="wall-form" aria-label={words.readerOn(device, gateway)}>
      <p class="wide big" role="status">
        {words.readerOn(device, gateway)}: {state === 'up' ? words.readerUp : <strong>{words.readerNotUp}</strong>}
      </p>
      {isPlaced ? (
        <p class="wide">{words.readerPlaced}</p>
      ) : (
        <>
          <label>
            {words.readerWhere}
            <select value={zone.value} onChange={(event) => (zone.value = event.currentTarget.value)}>
              {map?.zones.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.readerKind}
            <select
              value={kind.value}
              onChange={(event) => (kind.value = event.currentTarget.value === 'zone' ? 'zone' : 'gate')}
            >
              <option value="gate">{words.readerKinds.gate}</option>
              <option value="zone">{words.readerKinds.zone}</option>
            </select>
          </label>
          <label>
            {words.readerAntennas}
            <select value={antennas.value} onChange={(event) => (antennas.value = Number(event.currentTarget.value))}>
              {[1, 2, 4, 8].map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </label>
          <p class="wide">
            <button type="button" class="button primary" onClick={() => void place()}>
              {words.readerPlace}
            </button>
          </p>
        </>
      )}
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      <div class="wide">
        <h3>{words.tags}</h3>
        <TagPreview gateway={gateway} reader={device} />
      </div>
    </section>
  )
}
