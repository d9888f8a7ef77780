import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openPeople } from '../../cloud/accounts/people.ts'
import { everySite, roles } from '../../cloud/accounts/roles.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { Fault } from '../../shared/fault.ts'
import { audited } from '../audited.ts'
import { reachable } from '../reachable.ts'
import { loadConfiguration, systemClock } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

/** `warepulse user link`: works beside a running cloud, on the same data directory. */
export function link(options: { readonly config: string }, terminal: Terminal): void {
  const config = loadConfiguration(CloudConfig, options.config)
  const people = openPeopleOf(config)
  const { key, expiresAt } = people.makeSignInKey()
  people.close()
  audited(config.dataDirectory, 'user link', { subject: 'admin' })
  const { host, port, tls } = config.http
  const url = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  terminal.line(`${reachable(url, config.tls.names)}/?k=${key}`)
  terminal.line(terminal.dim(`signs in once, until ${new Date(expiresAt).toISOString()}`))
}

/** `warepulse user token <name> --role …`: printed once, stored hashed. */
export function token(
  name: string,
  options: { readonly config: string; readonly role: string },
  terminal: Terminal,
): void {
  const role = roles.find((candidate) => candidate === options.role)
  if (role === undefined) throw new Fault('bad-input', `--role is one of ${roles.join(', ')}, not "${options.role}"`)
  const config = loadConfiguration(CloudConfig, options.config)
  const people = openPeopleOf(config)
  const { secret } = people.makeToken({ name, grants: [{ site: everySite, role }] })
  people.close()
  audited(config.dataDirectory, 'user token', { subject: `${name} (${role})` })
  terminal.line(secret)
}

function openPeopleOf(config: CloudConfig) {
  return openPeople(join(config.dataDirectory, 'people.sqlite'), { clock: systemClock, randomBytes })
}
