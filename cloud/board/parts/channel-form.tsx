import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ChannelView } from '../../../shared/channel.ts'
import {
  bodyOf,
  type ChannelDraft,
  channelEvents,
  channelKinds,
  draftOf,
  hasPlainQuiet,
} from '../core/channel-draft.ts'
import { severityName } from '../core/words/words.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from './notice.tsx'

/** Makes a channel, or changes or removes the one it is given. `onLeave` gets a key that was made for it. */
export function ChannelForm({
  path,
  channel,
  onLeave,
}: {
  readonly path: string
  readonly channel: ChannelView | undefined
  readonly onLeave: (secret?: string | null) => void
}) {
  const store = useStore()
  const words = store.words.value
  const draft = useSignal(draftOf(channel, store.preferences.value.language === 'zh-CN' ? 'zh-cn' : 'en'))
  const isSure = useSignal(false)
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const first = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const change = (part: Partial<ChannelDraft>) => {
    draft.value = { ...draft.value, ...part }
  }
  const { kind, name, enabled, url, to, secret, language, leastSeverity, events, quietFrom, quietTo } = draft.value
  const at = `${path}/channels/${channel?.id ?? `${kind}-${Date.now().toString(36)}`}`
  const save = async () => {
    isBusy.value = true
    const answer = await ask<{ readonly secret: string | null }>(at, {
      method: 'PUT',
      body: bodyOf(draft.value, channel),
    })
    isBusy.value = false
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    store.say(words.channelSaved(name))
    onLeave(answer.value.secret)
  }
  const remove = async () => {
    if (!isSure.value) {
      isSure.value = true
      return
    }
    const answer = await ask(at, { method: 'DELETE' })
    refused.value = answer.ok ? null : answer
    if (!answer.ok) return
    store.say(words.channelRemoved(name))
    onLeave()
  }
  return (
    <form
      class="wall-form"
      aria-label={channel === undefined ? words.channelNew : words.channelChangeTitle(channel.name)}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy.value) void save()
      }}
    >
      <h3 class="wide">{channel === undefined ? words.channelNew : words.channelChangeTitle(channel.name)}</h3>
      <label>
        {words.channelName}
        <input
          ref={first}
          required
          maxLength={100}
          value={name}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label>
        {words.channelKind}
        <select
          value={kind}
          onChange={(event) =>
            change({ kind: channelKinds.find((one) => one === event.currentTarget.value) ?? 'webhook' })
          }
        >
          {channelKinds.map((one) => (
            <option key={one} value={one}>
              {words.channelKinds[one]}
            </option>
          ))}
        </select>
      </label>
      {kind === 'email' ? (
        <label class="wide">
          {words.channelTo}
          <input required value={to} onInput={(event) => change({ to: event.currentTarget.value })} />
        </label>
      ) : (
        <>
          <label class="wide">
            {channel === undefined ? words.channelUrl : words.channelUrlAgain}
            <input
              type="url"
              required
              maxLength={2000}
              autocomplete="off"
              placeholder={addressLike(kind, channel)}
              value={url}
              onInput={(event) => change({ url: event.currentTarget.value })}
            />
          </label>
          <label class="wide">
            {channel?.hasSecret === true && channel.kind === kind ? words.channelSecretKept : words.channelSecret}
            <input
              type="password"
              minLength={8}
              maxLength={512}
              autocomplete="new-password"
              value={secret}
              onInput={(event) => change({ secret: event.currentTarget.value })}
            />
          </label>
        </>
      )}
      <label>
        {words.channelLanguage}
        <select
          value={language}
          onChange={(event) => change({ language: event.currentTarget.value === 'zh-cn' ? 'zh-cn' : 'en' })}
        >
          <option value="en" lang="en">
            English
          </option>
          <option value="zh-cn" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
      <label>
        {words.channelSeverity}
        <select
          value={leastSeverity}
          onChange={(event) => change({ leastSeverity: Number(event.currentTarget.value) })}
        >
          {[4, 3, 2, 1].map((one) => (
            <option key={one} value={one}>
              {one === 4
                ? words.channelEverything
                : one === 1
                  ? words.severity1
                  : words.channelAtLeast(severityName(words, one))}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="wide">
        <legend>{words.channelEvents}</legend>
        {channelEvents.map((one) => (
          <label key={one} class="switch">
            <input
              type="checkbox"
              checked={events.includes(one)}
              onChange={(event) =>
                change({
                  events: channelEvents.filter((each) =>
                    each === one ? event.currentTarget.checked : events.includes(each),
                  ),
                })
              }
            />
            {words.channelEventNames[one]}
          </label>
        ))}
      </fieldset>
      {channel !== undefined && !hasPlainQuiet(channel) ? (
        <p class="wide quiet">{words.channelQuietKept}</p>
      ) : (
        <>
          <label>
            {words.channelQuietFrom}
            <input
              type="time"
              required={quietTo !== ''}
              value={quietFrom}
              onInput={(event) => change({ quietFrom: event.currentTarget.value })}
            />
          </label>
          <label>
            {words.channelQuietTo}
            <input
              type="time"
              required={quietFrom !== ''}
              value={quietTo}
              onInput={(event) => change({ quietTo: event.currentTarget.value })}
            />
          </label>
          <p class="wide quiet">{words.channelQuietHint}</p>
        </>
      )}
      <label class="switch wide">
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        {words.channelEnabled}
      </label>
      <p class="wide row-acts">
        <button type="submit" class="button primary" disabled={isBusy.value || events.length === 0}>
          {words.channelSave}
        </button>
        <button type="button" class="button" onClick={() => onLeave()}>
          {words.channelLeave}
        </button>
        {channel !== undefined && (
          <button type="button" class="button" onClick={() => void remove()}>
            {isSure.value ? words.channelRemoveSure : words.channelRemove}
          </button>
        )}
      </p>
      {refused.value !== null && (
        <div class="wide">
          <RefusalNotice refusal={refused.value} />
        </div>
      )}
    </form>
  )
}

/** What an address of the kind looks like; of a channel that is changed, where it is now. */
function addressLike(kind: ChannelView['kind'], channel: ChannelView | undefined): string {
  if (kind === 'mqtt')
    return `mqtts://${channel?.kind === kind ? channel.target : 'name@broker.example:8883/warehouse/alerts'}`
  return channel === undefined ? '' : `https://${channel.target}/…`
}
