import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openGatewayAccounts } from '../../cloud/accounts/gateways.ts'
import { emqxPermissions, mosquittoPermissions } from '../../cloud/broker/permissions.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { makeDataDirectory } from '../../cloud/database/lock.ts'
import { forksIn } from '../../cloud/journal/forks.ts'
import { Fault } from '../../shared/fault.ts'
import type { GatewayAddress } from '../../shared/wire.ts'
import { audited } from '../audited.ts'
import { writeSecretFile } from '../secret-file.ts'
import { loadConfiguration, systemClock } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** The secret goes into a file of its own, or, where none is named, to the terminal, once. */
interface SecretOptions extends Options {
  readonly secretFile?: string
  readonly replace?: boolean
}

/** `warepulse gateway add`: works beside a running cloud, on the same data directory. */
export function add(site: string, gateway: string, options: SecretOptions, terminal: Terminal): void {
  withAccounts(options, (accounts, { brokerUrl, dataDirectory }) => {
    const { secret } = handOver(options, () => {
      const added = accounts.addGateway({ site, gateway })
      audited(dataDirectory, 'gateway add', { site, subject: gateway })
      return added
    })
    if (options.json === true) terminal.line(JSON.stringify(told({ site, gateway }, secret, options)))
    else {
      if (options.secretFile === undefined) {
        terminal.line(secret)
        terminal.error(
          `Put this line into the file that uplink.secretFile of ${site}/${gateway} names. It is not shown again.`,
        )
      } else {
        terminal.line(
          `${site}/${gateway} may connect. Its secret is in ${options.secretFile}, for its user alone: uplink.secretFile of the gateway names that file.`,
        )
      }
      if (brokerUrl !== undefined) tellOtherBroker(brokerUrl, { site, gateway }, terminal)
    }
  })
}

/** `warepulse gateway rotate`: the gateway takes the new secret from its file at its next connection. */
export function rotate(site: string, gateway: string, options: SecretOptions, terminal: Terminal): void {
  withAccounts(options, (accounts, { brokerUrl, dataDirectory }) => {
    const { secret, oldUntil } = handOver(options, () => {
      const rotated = accounts.rotate({ site, gateway })
      if (rotated === undefined) throw new Fault('not-found', `There is no gateway ${site}/${gateway} in force.`)
      audited(dataDirectory, 'gateway rotate', { site, subject: gateway })
      return rotated
    })
    if (options.json === true) terminal.line(JSON.stringify({ ...told({ site, gateway }, secret, options), oldUntil }))
    else {
      const old = `The old one is good until the new one is used, and until ${new Date(oldUntil).toISOString()} at most.`
      if (options.secretFile === undefined) {
        terminal.line(secret)
        terminal.error(
          `Put this line into the file that uplink.secretFile of ${site}/${gateway} names; no restart is needed. ${old}`,
        )
      } else
        terminal.line(`The new secret of ${site}/${gateway} is in ${options.secretFile}; no restart is needed. ${old}`)
      if (brokerUrl !== undefined)
        terminal.error(`Change the password of that user on the broker ${brokerUrl} as well.`)
    }
  })
}

/** Makes a secret, and puts it into the file that was named for it. */
function handOver<T extends { readonly secret: string }>({ secretFile, replace }: SecretOptions, make: () => T): T {
  if (secretFile === undefined) return make()
  let made: T | undefined
  writeSecretFile(secretFile, { replace: replace === true }, () => {
    made = make()
    return made.secret
  })
  if (made === undefined) throw new Fault('internal', 'a secret file was written without a secret')
  return made
}

/** For programs: the secret itself only where it is in no file. */
function told({ site, gateway }: GatewayAddress, secret: string, { secretFile }: SecretOptions) {
  return { site, gateway, username: `${site}/${gateway}`, ...(secretFile === undefined ? { secret } : { secretFile }) }
}

export function revoke(site: string, gateway: string, options: Options, terminal: Terminal): void {
  withAccounts(options, (accounts, { brokerUrl, dataDirectory }) => {
    if (!accounts.revoke({ site, gateway }))
      throw new Fault('not-found', `There is no gateway ${site}/${gateway} in force.`)
    audited(dataDirectory, 'gateway revoke', { site, subject: gateway })
    terminal.line(
      brokerUrl === undefined
        ? `${site}/${gateway} can no longer connect; an open session ends within 5 s.`
        : `Nothing of ${site}/${gateway} is taken any more. Remove it from the users of ${brokerUrl} as well: there it can still connect.`,
    )
  })
}

/** `warepulse gateway unfork`: which of the two is right is for people to decide; this says that they have. */
export function unfork(site: string, gateway: string, options: Options, terminal: Terminal): void {
  const { dataDirectory } = loadConfiguration(CloudConfig, options.config)
  const forks = forksIn(join(dataDirectory, dataFiles.journal))
  if (!forks.some((fork) => fork.site === site && fork.gateway === gateway))
    throw new Fault('not-found', `The gateway ${site}/${gateway} is not frozen.`)
  withAccounts(options, (accounts) => accounts.askRelease({ site, gateway }))
  audited(dataDirectory, 'gateway unfork', { site, subject: gateway })
  terminal.line(`${site}/${gateway} is released: within 5 s if the cloud runs, otherwise when it starts.`)
}

export function list(options: Options, terminal: Terminal): void {
  withAccounts(options, (accounts) => {
    const gateways = accounts.list()
    if (options.json === true) {
      terminal.line(JSON.stringify({ gateways }))
      return
    }
    for (const { site, gateway, addedAt, revokedAt } of gateways) {
      const since = revokedAt === undefined ? `since ${day(addedAt)}` : `revoked ${day(revokedAt)}`
      terminal.line(`${`${site}/${gateway}`.padEnd(32)} ${since}`)
    }
  })
}

const day = (at: number) => new Date(at).toISOString().slice(0, 10)

/** With a broker of their own choice people must make the user there; this is what it may do. */
function tellOtherBroker(brokerUrl: string, address: GatewayAddress, terminal: Terminal): void {
  const { site, gateway } = address
  terminal.error(`On the broker ${brokerUrl} make a user with this name and secret, and client id ${site}/${gateway}.`)
  terminal.error(`It may do this and nothing else. For the acl_file of Mosquitto:\n\n${mosquittoPermissions(address)}`)
  terminal.error(`For the acl.conf of EMQX:\n\n${emqxPermissions(address)}`)
}

interface Where {
  /** Of the external broker, if the configuration names one. */
  readonly brokerUrl: string | undefined
  readonly dataDirectory: string
}

function withAccounts(
  options: Options,
  work: (accounts: ReturnType<typeof openGatewayAccounts>, where: Where) => void,
): void {
  const { dataDirectory, broker } = loadConfiguration(CloudConfig, options.config)
  makeDataDirectory(dataDirectory)
  const accounts = openGatewayAccounts(join(dataDirectory, dataFiles.gatewayAccounts), {
    clock: systemClock,
    randomBytes,
  })
  try {
    work(accounts, { brokerUrl: broker.url, dataDirectory })
  } finally {
    accounts.close()
  }
}
