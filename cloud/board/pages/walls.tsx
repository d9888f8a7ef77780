import { useSignal } from '@preact/signals'
import type { Page, WallScreen } from '../../../shared/api.ts'
import { addressOf } from '../core/route.ts'
import { defaultRotateMs, type WallSettings, wallLayout } from '../core/wall.ts'
import { languages } from '../core/words/words.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { themes } from '../live/preferences.ts'
import { useStore } from '../live/store.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { IdentifierField } from '../parts/identifier-field.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { QrCode } from '../parts/qr-code.tsx'
import { useAnswer } from '../parts/use-answer.ts'

/** What most screens on sale have. */
const usualScreen = { width: 1920, height: 1080 }

/** Where wall screens get their links, and lose them. */
export function WallsPage() {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  const { answer, again } = useAnswer<Page<WallScreen>>(site, (signal) => ask(wallsAt(site), { signal }))
  const refused = useSignal<Refusal | null>(null)
  const got = answer.value
  const end = async ({ id, name }: WallScreen) => {
    const ended = await ask(`${wallsAt(site)}/${id}`, { method: 'DELETE' })
    refused.value = ended.ok ? null : ended
    if (ended.ok) store.say(words.wallEnded(name))
    again()
  }
  return (
    <section class="page">
      <h1>{words.walls}</h1>
      <p class="quiet">{words.wallsIntro}</p>
      <NewWall onMade={again} />
      <h2>{words.wallsInForce}</h2>
      {refused.value !== null && <RefusalNotice refusal={refused.value} onRetry={again} />}
      {!isThere(got) ? (
        <NotThere answer={got} again={again} />
      ) : got.value.items.length === 0 ? (
        <p class="quiet">{words.wallsNone}</p>
      ) : (
        <ul class="wall-list">
          {got.value.items.map((wall) => (
            <li key={wall.id}>
              <span class="mono">{wall.name}</span>
              <button
                type="button"
                class="button"
                aria-label={`${words.wallEnd}: ${wall.name}`}
                onClick={() => void end(wall)}
              >
                {words.wallEnd}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function NewWall({ onMade }: { readonly onMade: () => void }) {
  const store = useStore()
  const words = store.words.value
  const { format } = store
  const map = store.board.value?.map
  const name = useSignal('main')
  const settings = useSignal<WallSettings>({
    zones: [],
    rotateMs: defaultRotateMs,
    diagonalInches: 55,
    distanceMetres: 5,
    language: store.preferences.value.language,
    theme: null,
    hasSound: false,
  })
  const made = useSignal<{ readonly name: string; readonly link: string } | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const change = (part: Partial<WallSettings>) => {
    settings.value = { ...settings.value, ...part }
  }
  const { zones, diagonalInches, distanceMetres, language, theme, hasSound } = settings.value
  const turns = zones.length === 0 ? 'whole' : zones.includes('*') ? 'every' : 'some'
  const layout = wallLayout(usualScreen, settings.value, language ?? 'en')
  const make = async () => {
    const answer = await ask<{ readonly key: string }>(wallsAt(store.site.peek()), {
      method: 'POST',
      body: { name: name.value },
    })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    const path = addressOf({ page: 'wall', id: name.value, settings: settings.value })
    made.value = { name: name.value, link: `${location.origin}${path}#k=${answer.value.key}` }
    onMade()
  }
  return (
    <form
      class="wall-form"
      onSubmit={(event) => {
        event.preventDefault()
        void make()
      }}
    >
      <IdentifierField
        label={words.wallName}
        hint={words.wallNameHint}
        value={name.value}
        onInput={(value) => {
          name.value = value
        }}
      />
      <label>
        {words.wallDiagonal}
        <input
          type="number"
          min="5"
          max="200"
          required
          value={diagonalInches ?? ''}
          onInput={(event) => change({ diagonalInches: Number(event.currentTarget.value) || null })}
        />
      </label>
      <label>
        {words.wallDistance}
        <input
          type="number"
          min="0.5"
          max="50"
          step="0.5"
          required
          value={distanceMetres ?? ''}
          onInput={(event) => change({ distanceMetres: Number(event.currentTarget.value) || null })}
        />
      </label>
      <label>
        {words.wallLanguage}
        <select
          value={language ?? 'en'}
          onChange={(event) => change({ language: languages.find((one) => one === event.currentTarget.value) ?? 'en' })}
        >
          <option value="en" lang="en">
            English
          </option>
          <option value="zh-CN" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
      <label>
        {words.wallTheme}
        <select
          value={theme ?? 'auto'}
          onChange={(event) => {
            const { value } = event.currentTarget
            change({ theme: value === 'light' || value === 'dark' ? value : null })
          }}
        >
          {themes.map((one) => (
            <option key={one} value={one}>
              {one === 'auto' ? words.wallThemeAuto : one === 'light' ? words.wallThemeLight : words.wallThemeDark}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.wallZones}
        <select
          value={turns}
          onChange={(event) => {
            const { value } = event.currentTarget
            change({
              zones:
                value === 'whole' ? [] : value === 'every' ? ['*'] : (map?.zones.slice(0, 1).map(({ id }) => id) ?? []),
            })
          }}
        >
          <option value="whole">{words.wallWholeSite}</option>
          <option value="every">{words.wallEveryZone}</option>
          <option value="some">{words.wallSomeZones}</option>
        </select>
      </label>
      {turns === 'some' && (
        <fieldset class="wide">
          <legend>{words.wallSomeZones}</legend>
          {map?.zones.map(({ id, name }) => (
            <label key={id} class="switch">
              <input
                type="checkbox"
                checked={zones.includes(id)}
                onChange={(event) =>
                  change({ zones: event.currentTarget.checked ? [...zones, id] : zones.filter((zone) => zone !== id) })
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      <label class="switch wide">
        <input
          type="checkbox"
          checked={hasSound}
          onChange={(event) => change({ hasSound: event.currentTarget.checked })}
        />
        {words.wallSound}
      </label>
      <p class="wide">
        {layout.isTooSmall && diagonalInches !== null && distanceMetres !== null ? (
          <strong>
            {words.wallTooSmall(format.value.number(diagonalInches), format.value.number(distanceMetres, 1))}
          </strong>
        ) : (
          words.wallRoom(layout.alerts, format.value.number(layout.alerts))
        )}
      </p>
      <p class="wide">
        <button type="submit" class="button primary" disabled={map === undefined}>
          {words.wallMake}
        </button>
      </p>
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
      {made.value !== null && (
        <div class="wide wall-made" role="status">
          <p>{words.wallMade(made.value.name)}</p>
          <code class="mono">{made.value.link}</code>
          <QrCode text={made.value.link} label={words.wallQr} />
          <p>{words.wallQr}</p>
          <p>
            <CopyButton text={made.value.link} />{' '}
            <a class="button" href={made.value.link} target="_blank" rel="noreferrer">
              {words.wallOpenHere}
            </a>
          </p>
        </div>
      )}
    </form>
  )
}

function wallsAt(site: string): string {
  return `/sites/${encodeURIComponent(site)}/walls`
}
