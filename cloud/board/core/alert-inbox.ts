import type { Alert } from '../../../shared/api.ts'
import { isOpen } from './alert-order.ts'

/** The lists of the inbox. What is quiet has its own, so that it is neither in the way nor forgotten. */
export const inboxTabs = ['open', 'quiet', 'over', 'planned', 'areas', 'report'] as const
export type InboxTab = (typeof inboxTabs)[number]

/** Of alerts that are not over, in their order. */
export function inboxOf(alerts: readonly Alert[]): Readonly<Record<'open' | 'quiet', readonly Alert[]>> {
  return {
    open: alerts.filter(isOpen),
    quiet: alerts.filter(({ silence }) => silence !== null),
  }
}

/** How long an alert may be shelved from the board; `null`: until it next clears (OPC UA Part 9, OneShotShelve). */
export const shelveTimes = [15 * 60_000, 60 * 60_000, 8 * 60 * 60_000, null] as const

/** How long a planned silence may last from the board; `null`: until somebody ends it, which is out of service. */
export const plannedTimes = [60 * 60_000, 4 * 60 * 60_000, 24 * 60 * 60_000, null] as const

/** What a key does to the alert under the cursor. */
export const alertKeys = { a: 'acknowledge', s: 'shelve', e: 'assign', m: 'comment' } as const
export type AlertKey = (typeof alertKeys)[keyof typeof alertKeys]
