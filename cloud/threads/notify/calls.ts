import type { NoticeRow, Page } from '../../../shared/api.ts'
import type { PageRequest } from '../../http/read-models.ts'
import type { NotifyConfig } from '../../notify/config.ts'
import type { Notify } from '../../notify/open.ts'

export interface NotifyOrder {
  readonly config: NotifyConfig
  readonly dataDirectory: string
}

/** What the room that tells people away from the board is asked. */
export interface NotifyCalls extends Notify {
  /** First of all. Rejects with what is wrong with the file. */
  open(order: NotifyOrder): Promise<void>
}

/** What it asks of the thread of the sockets. */
export interface NotifyOutward {
  notices(page: PageRequest): Promise<Page<NoticeRow>>
  timeZone(site: string): Promise<string | undefined>
  log(level: 'info' | 'warn' | 'error', fields: object, sentence: string): void
}
