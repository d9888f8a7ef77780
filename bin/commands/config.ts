import { stringify } from 'yaml'
import type { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import { type ConfigurationKind, configurationKinds, kindOfFile } from '../configuration/kind.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

/** `warepulse config check|print <file>`: throws a Fault `config-invalid` with every complaint. */
export async function config(
  verb: 'check' | 'print',
  path: string,
  options: { readonly kind?: string },
  terminal: Terminal,
): Promise<void> {
  const kind = kindOf(path, options.kind)
  const value = loadConfiguration(await schemaOf(kind), path)
  if (kind === 'cloud') {
    const { CloudConfig, refusePlaintext } = await import('../../cloud/config.ts')
    refusePlaintext(CloudConfig.parse(value))
  }
  if (verb === 'check') terminal.line(`${path}: a valid configuration for \`warepulse ${kind}\``)
  else terminal.line(stringify(hideSecrets(value)).trimEnd())
}

async function schemaOf(kind: ConfigurationKind): Promise<z.ZodType> {
  if (kind === 'cloud') return (await import('../../cloud/config.ts')).CloudConfig
  if (kind === 'edge') return (await import('../../edge/config.ts')).EdgeConfig
  return (await import('../../simulators/config.ts')).SimulateConfig
}

/** What the file is for: said by `--kind`, else told by its keys. */
function kindOf(path: string, said: string | undefined): ConfigurationKind {
  if (said === undefined) return kindOfFile(path)
  const kind = configurationKinds.find((candidate) => candidate === said)
  if (kind === undefined)
    throw new Fault('bad-input', `--kind is one of ${configurationKinds.join(', ')}, not "${said}"`)
  return kind
}

/** Secrets never reach a terminal; the names of files that hold them may. */
function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      /(secret|password|token)$/i.test(key) && typeof member === 'string' ? '(hidden)' : hideSecrets(member),
    ]),
  )
}
