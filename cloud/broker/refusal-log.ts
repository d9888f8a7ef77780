import type { Clock } from '../../shared/clock.ts'
import type { Act } from '../audit/act.ts'
import { fewAMinute } from '../audit/few-a-minute.ts'
import type { Refusal } from './embedded.ts'

export interface RefusalLog {
  warn(fields: object, sentence: string): void
}

/** Tells log and audit of refused attempts: the first of a minute each, the others as a sum by kind. */
export function refusalTeller(log: RefusalLog, audit: (act: Act) => void, clock: Clock): (refusal: Refusal) => void {
  const refused = { via: 'nobody', outcome: 'refused' } as const
  return fewAMinute<Refusal>({
    clock,
    kindOf: ({ kind }) => kind,
    tell(refusal) {
      const { kind, username = '', remoteAddress = '', detail = null } = refusal
      const [site = null] = username.includes('/') ? username.split('/') : []
      log.warn(refusal, 'refused at the broker')
      audit({
        ...refused,
        at: clock.now(),
        who: username,
        from: remoteAddress,
        act: `mqtt ${kind}`,
        site,
        subject: '',
        detail,
      })
    },
    tellRest(counts) {
      log.warn(counts, 'refused at the broker, beyond those told one by one')
      const detail = JSON.stringify(counts)
      audit({
        ...refused,
        at: clock.now(),
        who: '',
        from: '',
        act: 'mqtt, beyond those told one by one',
        site: null,
        subject: '',
        detail,
      })
    },
  })
}
