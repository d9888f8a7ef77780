import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { Fault } from '../../../shared/fault.ts'
import { dataFiles } from '../../data-files.ts'
import { type Notify, openNotify } from '../../notify/open.ts'
import { openLine } from '../line.ts'
import { threadClock as clock } from '../start.ts'
import type { NotifyCalls, NotifyOutward } from './calls.ts'

const { random } = Math

/** Notifications, beside the series: they wait for foreign servers, and for the disk of their queue. Answers at this port. */
export function serveNotify(port: MessagePort): void {
  let notify: Notify | undefined

  function opened(): Notify {
    if (notify === undefined) throw new Fault('not-reachable', 'Notifications are not open.', { retryable: true })
    return notify
  }

  const outward = openLine<NotifyOutward>(port, {
    async open({ config, dataDirectory }) {
      notify = openNotify({
        path: join(dataDirectory, dataFiles.notify),
        config,
        feed: {
          async notices(cursor, limit) {
            const page = await outward.ask('notices', [{ limit, ...(cursor !== undefined && { cursor }) }])
            const items = page.items.map(({ at, ...notice }) => ({ ...notice, at: Date.parse(at) }))
            return { items, next: page.next ?? cursor ?? '0' }
          },
          timeZone: (site) => outward.ask('timeZone', [site]),
        },
        clock,
        random,
        log: { warn: (fields, sentence) => outward.tell('log', ['warn', fields, sentence]) },
      })
    },
    channels: (site) => opened().channels(site),
    channel: (site, id) => opened().channel(site, id),
    put: (channel) => opened().put(channel),
    remove: (site, id) => opened().remove(site, id),
    test: (site, id, by, unique) => opened().test(site, id, by, unique),
    deliveries: (site, state, page) => opened().deliveries(site, state, page),
    attempts: (site, id) => opened().attempts(site, id),
    resend: (site, id) => opened().resend(site, id),
    poke: () => notify?.poke(),
    async close() {
      await notify?.close()
    },
  } satisfies NotifyCalls)
}
