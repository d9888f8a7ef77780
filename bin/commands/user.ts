import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openPeople, type People } from '../../cloud/accounts/people.ts'
import { everySite, type Grant, type Role, roles } from '../../cloud/accounts/roles.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { Fault } from '../../shared/fault.ts'
import { Identifier } from '../../shared/identifier.ts'
import { audited } from '../audited.ts'
import { reachable } from '../reachable.ts'
import { writeSecretFile } from '../secret-file.ts'
import { loadConfiguration, systemClock } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** `warepulse user link`: works beside a running cloud, on the same data directory. */
export function link(options: Options, terminal: Terminal): void {
  withPeople(options, (people, config) => {
    const { key, expiresAt } = people.makeSignInKey()
    audited(config.dataDirectory, 'user link', { subject: 'admin' })
    tellLink(config, key, expiresAt, terminal)
  })
}

/** `warepulse user add <name>`: prints a link with which they sign in, once, and may set a password. */
export function add(
  name: string,
  options: Options & { readonly role: string; readonly site: string },
  terminal: Terminal,
): void {
  const grants = [{ site: options.site, role: roleOf(options.role) }]
  withPeople(options, (people, config) => {
    people.putPerson({ name, grants })
    const { key, expiresAt } = people.invite(name)
    audited(config.dataDirectory, 'user add', { site: siteOf(options.site), subject: `${name} (${options.role})` })
    tellLink(config, key, expiresAt, terminal)
  })
}

export function remove(name: string, options: Options, terminal: Terminal): void {
  withPeople(options, (people, config) => {
    if (!people.removePerson(name)) throw new Fault('not-found', `There is nobody called "${name}".`)
    audited(config.dataDirectory, 'user remove', { subject: name })
    terminal.line(`${name} can no longer sign in; open sessions end within seconds.`)
  })
}

/** People and API tokens; never their secrets. */
export function list(options: Options, terminal: Terminal): void {
  withPeople(options, (people) => {
    const all = people.people()
    const tokens = people.tokens()
    if (options.json === true) {
      terminal.line(JSON.stringify({ people: all, tokens }))
      return
    }
    for (const { name, grants, hasPassword } of all)
      terminal.line(`${name.padEnd(24)} ${told(grants)}${hasPassword ? '' : '   no password yet'}`)
    for (const { id, name, grants, expiresAt } of tokens) {
      const until = expiresAt === null ? 'until revoked' : `until ${new Date(expiresAt).toISOString().slice(0, 10)}`
      terminal.line(`${`${name} (token ${id})`.padEnd(24)} ${told(grants)}   ${until}`)
    }
  })
}

interface TokenOptions extends Options {
  readonly role: string
  readonly site: string
  readonly days?: number
  readonly tokenFile?: string
  readonly replace?: boolean
}

/** `warepulse user token <name> --role …`: printed once, or into a file for its owner alone; stored hashed. */
export function token(name: string, options: TokenOptions, terminal: Terminal): void {
  const grants = [{ site: options.site, role: roleOf(options.role) }]
  withPeople(options, (people, config) => {
    const lifeMs = options.days === undefined ? {} : { lifeMs: options.days * 86_400_000 }
    const make = () => {
      const { secret } = people.makeToken({ name, grants, ...lifeMs })
      audited(config.dataDirectory, 'user token', { site: siteOf(options.site), subject: `${name} (${options.role})` })
      return secret
    }
    if (options.tokenFile === undefined) return terminal.line(make())
    writeSecretFile(options.tokenFile, { replace: options.replace === true }, make)
    terminal.line(`The token of ${name} is in ${options.tokenFile}, for its user alone.`)
  })
}

export function revokeToken(id: string, options: Options, terminal: Terminal): void {
  withPeople(options, (people, config) => {
    if (!people.tokens().some((one) => one.id === id) || !people.end(id))
      throw new Fault('not-found', `There is no token "${id}"; warepulse user list shows them.`)
    audited(config.dataDirectory, 'user revoke-token', { subject: id })
    terminal.line(`The token ${id} no longer works; connections that use it end within seconds.`)
  })
}

function roleOf(text: string): Role {
  const role = roles.find((candidate) => candidate === text)
  if (role === undefined) throw new Fault('bad-input', `--role is one of ${roles.join(', ')}, not "${text}"`)
  return role
}

const siteOf = (site: string) => (site === everySite ? null : site)

const told = (grants: readonly Grant[]) =>
  grants.map(({ site, role }) => `${role} of ${site === everySite ? 'every site' : site}`).join(', ')

function tellLink(config: CloudConfig, key: string, expiresAt: number, terminal: Terminal): void {
  terminal.line(`${originOf(config)}/?k=${key}`)
  terminal.line(terminal.dim(`signs in once, until ${new Date(expiresAt).toISOString()}`))
}

function originOf(config: CloudConfig): string {
  const { host, port, tls } = config.http
  const url = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return reachable(url, config.tls.names)
}

function withPeople(options: Options, work: (people: People, config: CloudConfig) => void): void {
  const config = loadConfiguration(CloudConfig, options.config)
  const people = openPeople(join(config.dataDirectory, dataFiles.people), { clock: systemClock, randomBytes })
  try {
    work(people, config)
  } finally {
    people.close()
  }
}

/** `warepulse user wall <name> --site …`: the link of a wall screen, printed once. */
export function wall(name: string, options: Options & { readonly site: string }, terminal: Terminal): void {
  if (!Identifier.safeParse(name).success)
    throw new Fault('bad-input', `"${name}" cannot name a screen: use letters, digits, dots and dashes.`)
  withPeople(options, (people, config) => {
    const { secret } = people.makeWall({ name, site: options.site })
    audited(config.dataDirectory, 'user wall', { site: options.site, subject: name })
    terminal.line(`${originOf(config)}/wall/${name}#k=${secret}`)
    terminal.line(terminal.dim('sees this site, changes nothing, holds until it is ended on the page "Wall screens"'))
  })
}
