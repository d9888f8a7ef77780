import { useSignal } from '@preact/signals'
import type { Rule } from '../../../shared/rule.ts'
import { addressOf } from '../core/route.ts'
import { defaultRotateMs } from '../core/wall.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Link } from '../parts/link.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { QrCode } from '../parts/qr-code.tsx'
import { useSetupWords } from './use-setup-words.ts'

const onDelayMs = 10 * 60_000

/** A rule on a temperature, with delays that let a door be open for a while; the others are on their own page. */
export function RuleStep({
  site,
  rules,
  isDone,
  onDone,
}: {
  readonly site: string
  readonly rules: number
  readonly isDone: boolean
  onDone(): void
}) {
  const store = useStore()
  const words = useSetupWords()
  const limit = useSignal('8')
  const whatToDo = useSignal('')
  const refused = useSignal<Refusal | null>(null)
  const save = async () => {
    const high = Number(limit.value)
    const rule: Rule = {
      ...{ id: 'too-warm', site, name: words.ruleName, severity: 2, enabled: true },
      whatToDo: whatToDo.value.trim(),
      ...{ type: 'threshold', quantity: 'temperature', direction: 'above', limit: high, clearAt: high - 0.5 },
      onDelayMs,
    }
    const id = `too-warm-${site}`.slice(0, 64)
    const answer = await ask(`/rules/${id}`, { method: 'PUT', body: { ...rule, id } })
    refused.value = answer.ok ? null : answer
    if (answer.ok) setTimeout(onDone, 500)
  }
  return (
    <>
      {isDone ? (
        <p class="big">{words.ruleDone}</p>
      ) : (
        <form
          class="wall-form"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <p class="wide quiet">{words.ruleIntro(rules, store.format.value.number(rules))}</p>
          <label>
            {words.ruleLimit}
            <input
              type="number"
              step="any"
              required
              value={limit.value}
              onInput={(event) => (limit.value = event.currentTarget.value)}
            />
          </label>
          <label>
            {words.ruleToDo}
            <input
              maxLength={1000}
              value={whatToDo.value}
              onInput={(event) => (whatToDo.value = event.currentTarget.value)}
            />
          </label>
          <p class="wide">
            <button type="submit" class="button primary">
              {words.ruleSave}
            </button>
          </p>
          {refused.value !== null && (
            <div class="wide">
              <RefusalNotice refusal={refused.value} />
            </div>
          )}
        </form>
      )}
      <p>
        <Link to={{ page: 'rules' }} class="button">
          {words.ruleAll}
        </Link>
      </p>
    </>
  )
}

/** The link and its code, for the screen on the wall. */
export function WallStep({ site, walls, onDone }: { readonly site: string; readonly walls: number; onDone(): void }) {
  const store = useStore()
  const words = useSetupWords()
  const said = store.words.value
  const link = useSignal<string | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const make = async () => {
    const name = walls === 0 ? 'main' : `main-${walls + 1}`
    const path = `/sites/${encodeURIComponent(site)}/walls`
    const answer = await ask<{ readonly key: string }>(path, { method: 'POST', body: { name } })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    const settings = {
      ...{ zones: [], rotateMs: defaultRotateMs, diagonalInches: 55, distanceMetres: 5 },
      ...{ language: store.preferences.value.language, theme: null, hasSound: false },
    }
    link.value = `${location.origin}${addressOf({ page: 'wall', id: name, settings })}#k=${answer.value.key}`
    onDone()
  }
  return (
    <>
      <p class="quiet">{words.wallIntro}</p>
      {walls > 0 && <p class="big">{words.wallDone(walls, store.format.value.number(walls))}</p>}
      {link.value !== null && (
        <div class="wall-made" role="status">
          <code class="mono">{link.value}</code>
          <QrCode text={link.value} label={said.wallQr} />
          <p>
            <CopyButton text={link.value} />{' '}
            <a class="button" href={link.value} target="_blank" rel="noreferrer">
              {said.wallOpenHere}
            </a>
          </p>
        </div>
      )}
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      <p>
        <button type="button" class="button primary" onClick={() => void make()}>
          {words.wallMake}
        </button>{' '}
        <Link to={{ page: 'walls' }} class="button">
          {words.wallAll}
        </Link>
      </p>
    </>
  )
}
