import { Fault } from '../shared/fault.ts'

/** A door that does not open: where it was to be, and the keys of the configuration that say so. */
export interface Door {
  readonly host: string
  readonly port: number
  /** `http` or `broker`: the door's part of the configuration. */
  readonly part: string
}

/** Why nobody can be listened to there, and what to do about it. */
export function cannotListen(cause: unknown, { host, port, part }: Door): Fault {
  return new Fault('not-reachable', sentenceFor((cause as NodeJS.ErrnoException).code, { host, port, part }, cause), {
    cause,
  })
}

function sentenceFor(code: string | undefined, { host, port, part }: Door, cause: unknown): string {
  const where = `Port ${port} on ${host} (${part}.port)`
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is taken by another program. Stop that one (as root, "ss -ltnp" names it), or configure another port.`
    case 'EACCES':
      return `${where} may not be opened by this user: ports below 1024 are for root. Configure a higher one.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host} (${part}.host). Correct it; 0.0.0.0 stands for every address.`
    default:
      return `${where} cannot be listened on: ${String(cause)}`
  }
}
