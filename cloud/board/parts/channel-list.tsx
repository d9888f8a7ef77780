import type { ChannelView } from '../../../shared/channel.ts'
import { severityName } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'
import { WideRows } from './wide-rows.tsx'

/** The channels of a site; without `onChange` they are only looked at. */
export function ChannelList({
  channels,
  onTest,
  onChange,
}: {
  readonly channels: readonly ChannelView[]
  readonly onTest: (channel: ChannelView) => void
  readonly onChange?: (channel: ChannelView) => void
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  return (
    <WideRows label={words.channels}>
      <thead>
        <tr>
          <th scope="col">{words.channelName}</th>
          <th scope="col">{words.channelKind}</th>
          <th scope="col">{words.channelTarget}</th>
          <th scope="col">{words.channelSeverity}</th>
          <th scope="col" class="number">
            {words.channelWaiting}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {channels.map((channel) => (
          <tr key={channel.id} class={channel.enabled ? '' : 'old'}>
            <th scope="row">
              {channel.name}
              {!channel.enabled && ` (${words.channelOff})`}
            </th>
            <td>{words.channelKinds[channel.kind]}</td>
            <td class="mono">{channel.target}</td>
            <td>
              {channel.leastSeverity === 4
                ? words.channelEverything
                : channel.leastSeverity === 1
                  ? words.severity1
                  : words.channelAtLeast(severityName(words, channel.leastSeverity))}
            </td>
            <td class="number">{format.number(channel.waiting)}</td>
            <td class="row-acts">
              <button
                type="button"
                class="button"
                aria-label={`${words.channelTest}: ${channel.name}`}
                onClick={() => onTest(channel)}
              >
                {words.channelTest}
              </button>
              {onChange !== undefined && (
                <button
                  type="button"
                  class="button"
                  aria-label={`${words.channelChange}: ${channel.name}`}
                  onClick={() => onChange(channel)}
                >
                  {words.channelChange}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}
