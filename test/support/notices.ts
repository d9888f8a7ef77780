import type { Notice } from '../../cloud/alerts/state.ts'
import { type Alert, iso } from '../../shared/api.ts'
import { type Channel, ChannelBody } from '../../shared/channel.ts'

/** 2026-01-05 was a Monday. */
export const monday = Date.UTC(2026, 0, 5)

export function alertOf(id: string, more: Partial<Alert> = {}): Alert {
  return {
    id,
    site: 'rtm',
    rule: 'cold',
    name: 'Cold room too warm',
    severity: 2,
    subject: 'sensor-7',
    zone: 'cold',
    state: 'active',
    raisedAt: iso(monday),
    clearedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    value: 9.44,
    worst: null,
    quantity: 'temperature',
    whatToDo: 'Close the door.',
    silence: null,
    silencedUntil: null,
    isLatching: false,
    assignedTo: null,
    rangAt: iso(monday),
    times: 1,
    escalation: 0,
    ...more,
  }
}

export function noticeOf(event: Notice['event'], id: string, at: number, more: Partial<Alert> = {}): Notice {
  return { event, at, alert: alertOf(id, more) }
}

export function channelOf(body: Record<string, unknown> = {}): Channel {
  const usual = { kind: 'webhook', name: 'Night shift', url: 'https://example.com/hook', secret: 'a-secret-of-ours' }
  const { site = 'rtm', id = 'night', ...rest } = body as { site?: string; id?: string }
  const said = Object.entries({ ...usual, ...rest }).filter(([, value]) => value !== undefined)
  return { ...ChannelBody.parse(Object.fromEntries(said)), site, id }
}
