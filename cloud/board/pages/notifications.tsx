import { useSignal } from '@preact/signals'
import type { Page } from '../../../shared/api.ts'
import type { ChannelView } from '../../../shared/channel.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { ChannelForm } from '../parts/channel-form.tsx'
import { ChannelList } from '../parts/channel-list.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { DeliveryList } from '../parts/delivery-list.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { useMay, useSession } from '../parts/use-session.ts'

const askEveryMs = 5_000

/** Where alerts are told to people who are not at the board: supervisors look and test, integrators change. */
export function NotificationsPage() {
  const words = useStore().words.value
  const session = useSession().answer.value
  const may = useMay()
  if (session === null) return <div class="page" />
  if (!session.ok) return <RefusalNotice refusal={session} />
  if (!may('supervisor')) return <Notice title={words.notAllowedTitle}>{words.notificationsHidden}</Notice>
  return <Notifications canChange={may('integrator')} />
}

function Notifications({ canChange }: { readonly canChange: boolean }) {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  const path = `/sites/${encodeURIComponent(site)}`
  const { answer, again } = useAnswer<Page<ChannelView>>(
    site,
    (signal) => ask(`${path}/channels`, { signal }),
    askEveryMs,
  )
  /** `null`: the form is closed; `undefined` in it: of a new channel. */
  const open = useSignal<{ readonly channel: ChannelView | undefined } | null>(null)
  const madeSecret = useSignal<string | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const test = async ({ id, name }: ChannelView) => {
    const answer = await ask(`${path}/channels/${id}/test`, { method: 'POST', body: {} })
    refused.value = answer.ok ? null : answer
    if (answer.ok) store.say(words.channelTested(name))
    again()
  }
  const leave = (secret: string | null = null) => {
    open.value = null
    madeSecret.value = secret
    again()
  }
  const got = answer.value
  const shown = open.value
  return (
    <section class="page notifications">
      <h1>{words.notifications}</h1>
      <p class="quiet">{words.notificationsIntro}</p>
      <h2>{words.channels}</h2>
      {!isThere(got) ? (
        <NotThere answer={got} again={again} />
      ) : got.value.items.length === 0 ? (
        <p class="quiet">{words.channelsNone}</p>
      ) : (
        <ChannelList
          channels={got.value.items}
          onTest={(channel) => void test(channel)}
          {...(canChange && { onChange: (channel: ChannelView) => (open.value = { channel }) })}
        />
      )}
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      {madeSecret.value !== null && (
        <div class="wall-made" role="status">
          <p>{words.channelSecretMade}</p>
          <code class="mono">{madeSecret.value}</code>
          <p>
            <CopyButton text={madeSecret.value} />
          </p>
        </div>
      )}
      {canChange && shown === null && (
        <p>
          <button type="button" class="button" onClick={() => (open.value = { channel: undefined })}>
            {words.channelNew}
          </button>
        </p>
      )}
      {canChange && shown !== null && (
        <ChannelForm key={shown.channel?.id ?? ''} path={path} channel={shown.channel} onLeave={leave} />
      )}
      <h2>{words.deliveries}</h2>
      <DeliveryList site={site} channels={got?.ok === true ? got.value.items : []} />
    </section>
  )
}
