import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { createBackup } from '../../cloud/backup/create.ts'
import { restoreBackup } from '../../cloud/backup/restore.ts'
import { verifyBackup } from '../../cloud/backup/verify.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { Fault } from '../../shared/fault.ts'
import { versionOfPackage } from '../package.ts'
import { loadConfiguration, systemClock } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** `warepulse backup create <directory>`: beside a running cloud. */
export async function create(directory: string, options: Options, terminal: Terminal): Promise<void> {
  const { dataDirectory } = loadConfiguration(CloudConfig, options.config)
  const manifest = await createBackup({
    dataDirectory,
    target: resolve(directory),
    version: versionOfPackage(),
    clock: systemClock,
    onFile: (name) => terminal.progress(`copying ${name}`),
  })
  if (options.json === true) terminal.line(JSON.stringify(manifest))
  else {
    const megabytes = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
    const size = `${manifest.files.length} files, ${megabytes.toFixed(1)} MB`
    terminal.line(`${directory}: ${size}, journal up to entry ${manifest.journalTail}`)
  }
}

/** `warepulse backup verify <directory>`: exit code 1 when it could not be restored as it is. */
export async function verify(
  directory: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { manifest, flaws, toRebuild } = await verifyBackup(directory)
  if (options.json === true) {
    terminal.line(JSON.stringify({ ok: flaws.length === 0, flaws, toRebuild, madeAt: manifest.madeAt }))
  }
  if (flaws.length > 0) throw new Fault('storage-broken', `${directory} is damaged: ${flaws.join('; ')}.`)
  if (options.json !== true) {
    terminal.line(`${directory} is sound: made ${manifest.madeAt}, journal up to entry ${manifest.journalTail}`)
  }
}

/** `warepulse backup restore <directory>`: the cloud must be stopped. */
export async function restore(
  directory: string,
  options: Options & { readonly replace?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { dataDirectory } = loadConfiguration(CloudConfig, options.config)
  const server = randomBytes(16).toString('hex')
  const replace = options.replace === true
  const restored = await restoreBackup({ backup: directory, dataDirectory, replace, server, clock: systemClock })
  const { manifest, movedTo, toRebuild } = restored
  if (options.json === true) {
    terminal.line(JSON.stringify({ server, journalTail: manifest.journalTail, movedTo: movedTo ?? null, toRebuild }))
    return
  }
  terminal.line(`${dataDirectory} is as it was at ${manifest.madeAt}, journal up to entry ${manifest.journalTail}`)
  if (movedTo !== undefined) terminal.line(`what was there lies in ${movedTo}`)
  if (toRebuild.length > 0) terminal.line(`built anew when the cloud starts: ${toRebuild.join(', ')}`)
  terminal.line('Start the cloud: gateways offer again what they still keep; what they do not becomes a gap.')
}
