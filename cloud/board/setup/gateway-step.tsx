import { useSignal } from '@preact/signals'
import { gatewayYaml } from '../core/setup.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { IdentifierField } from '../parts/identifier-field.tsx'
import { RefusalNotice } from '../parts/notice.tsx'
import { useSetupWords } from './use-setup-words.ts'

/** A token and what to paste; then the page waits until the gateway says hello by itself. */
export function GatewayStep({ site }: { readonly site: string }) {
  const store = useStore()
  const words = useSetupWords()
  const name = useSignal('gateway-1')
  const made = useSignal<{ readonly gateway: string; readonly claim: string } | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const gateways = [...(store.board.value?.gateways.values() ?? [])]
  const here = gateways.filter(({ link }) => link !== 'never')
  const make = async () => {
    const body = { site, gateway: name.value }
    const answer = await ask<{ readonly gateway: string; readonly claim: string }>('/gateways', {
      method: 'POST',
      body,
    })
    refused.value = answer.ok ? null : answer
    if (answer.ok) made.value = answer.value
  }
  const waiting = made.value
  const hasCome = waiting !== null && here.some(({ gateway }) => gateway === waiting.gateway)
  return (
    <>
      <p class="quiet">{words.gatewayIntro}</p>
      {here.map(({ gateway, version }) => (
        <p key={gateway} class="big" role="status">
          {words.gatewayHere(gateway, version ?? '–')}
        </p>
      ))}
      <form
        class="wall-form"
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <IdentifierField
          label={words.gatewayName}
          hint={words.siteIdHint}
          value={name.value}
          onInput={(value) => {
            name.value = value
          }}
        />
        <p class="wide">
          <button type="submit" class={`button ${waiting === null ? 'primary' : ''}`}>
            {words.gatewayMake}
          </button>
        </p>
        {refused.value !== null && (
          <div class="wide">
            <RefusalNotice refusal={refused.value} />
          </div>
        )}
        {waiting !== null && !hasCome && (
          <div class="wide setup-paste">
            <p>{words.gatewayFile}</p>
            <Paste text={gatewayYaml({ site, gateway: waiting.gateway, origin: location.origin })} />
            <p>{words.gatewayCommand}</p>
            <Paste
              text={`warepulse gateway claim ${location.origin} ${waiting.claim} --config edge.yaml\nwarepulse edge --config edge.yaml`}
            />
            <p class="big" role="status">
              {words.gatewayWaiting(waiting.gateway)}
            </p>
          </div>
        )}
      </form>
    </>
  )
}

/** A text to be taken elsewhere. */
export function Paste({ text }: { readonly text: string }) {
  return (
    <div class="setup-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wider than a phone, it scrolls by itself, which keys must be able to do */}
      <pre class="terminal" tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} />
    </div>
  )
}
