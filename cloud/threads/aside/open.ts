import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { smallerHeap, startThread } from '../start.ts'
import type { AsideCalls } from './main.ts'

/** The thread of series and notifications, from the thread of the sockets. */
export interface AsideThread {
  /** Where each of the two answers. */
  readonly series: MessagePort
  readonly notify: MessagePort
  /** Ends it at once; close both before. Safe to call twice. */
  stop(): Promise<void>
}

export function startAside(): AsideThread {
  const thread = startThread<AsideCalls>('aside/main', {}, smallerHeap)
  const series = new MessageChannel()
  const notify = new MessageChannel()
  const theirs = { series: series.port2, notify: notify.port2 }
  thread.tell('serve', [theirs], Object.values(theirs))
  return { series: series.port1, notify: notify.port1, stop: thread.stop }
}
