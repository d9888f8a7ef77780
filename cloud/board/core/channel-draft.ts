import type { ChannelBody, ChannelView } from '../../../shared/channel.ts'

export const channelKinds = [
  'webhook',
  'wecom',
  'dingtalk',
  'feishu',
  'slack',
  'teams',
  'ntfy',
  'mqtt',
  'email',
] as const
export const channelEvents = ['ringing', 'escalated', 'acknowledged', 'over'] as const

/** A channel as it stands in the form. */
export interface ChannelDraft {
  readonly kind: ChannelView['kind']
  readonly name: string
  readonly enabled: boolean
  /** Never shown again, so of a channel that is changed it is empty too. */
  readonly url: string
  /** Mail addresses, with commas or spaces between. */
  readonly to: string
  /** Empty: it stays as it is. */
  readonly secret: string
  readonly language: ChannelView['language']
  readonly leastSeverity: number
  readonly events: ChannelView['events']
  /** Of the same quiet hours on every day, "HH:MM"; both empty: none. */
  readonly quietFrom: string
  readonly quietTo: string
}

const everyDay = [1, 2, 3, 4, 5, 6, 7]

/** Of the channel that is changed; of none: what a new one begins with. */
export function draftOf(channel: ChannelView | undefined, language: ChannelView['language']): ChannelDraft {
  const [quiet] = channel !== undefined && hasPlainQuiet(channel) ? channel.quiet : []
  return {
    kind: channel?.kind ?? 'webhook',
    name: channel?.name ?? '',
    enabled: channel?.enabled ?? true,
    url: '',
    to: channel?.kind === 'email' ? channel.target : '',
    secret: '',
    language: channel?.language ?? language,
    leastSeverity: channel?.leastSeverity ?? 4,
    events: channel?.events ?? ['ringing', 'escalated', 'over'],
    quietFrom: quiet?.from ?? '',
    // A field for the time of day knows no 24:00. A span that ends at 00:00 ends at the same moment.
    quietTo: quiet === undefined ? '' : quiet.to === '24:00' ? '00:00' : quiet.to,
  }
}

/** The form can say its quiet hours: none, or the same on every day. */
export function hasPlainQuiet({ quiet }: Pick<ChannelView, 'quiet'>): boolean {
  return quiet.length === 0 || (quiet.length === 1 && new Set(quiet[0]?.days).size === everyDay.length)
}

/** What the form cannot say (zones, duty, quiet hours that differ by day) stays what it was. */
export function bodyOf(draft: ChannelDraft, before: ChannelView | undefined): ChannelBody {
  const { kind, enabled, language, leastSeverity, events, quietFrom, quietTo } = draft
  const quiet =
    before !== undefined && !hasPlainQuiet(before)
      ? before.quiet
      : quietFrom === '' || quietTo === ''
        ? []
        : [{ days: everyDay, from: quietFrom, to: quietTo }]
  const common = {
    ...{ name: draft.name.trim(), enabled, language, leastSeverity, events, quiet },
    duty: before?.duty ?? [],
    ...(before?.zones !== undefined && { zones: before.zones }),
  }
  if (kind === 'email') return { ...common, kind, to: draft.to.split(/[\s,;，；]+/).filter((one) => one !== '') }
  const secret = draft.secret.trim()
  return { ...common, kind, url: draft.url.trim(), ...(secret !== '' && { secret }) }
}
