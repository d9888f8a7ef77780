import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { Fault } from '../../shared/fault.ts'
import { asTypedHere } from '../as-typed.ts'
import type { Terminal } from '../terminal.ts'
import type { ConfigurationKind } from './kind.ts'

/**
 * `--config <file>`; without it the command takes `<kind>.yaml` of the working directory, where it is for several kinds
 * the first that is there.
 */
export class ConfigurationOption extends Option {
  readonly kinds: readonly [ConfigurationKind, ...ConfigurationKind[]]

  constructor(kinds: ConfigurationKind | ConfigurationOption['kinds'], about: string) {
    const all = typeof kinds === 'string' ? ([kinds] as const) : kinds
    super('--config <file>', `${about}; without it, ${all.map(fileOf).join(' or ')} in this folder`)
    this.kinds = all
  }
}

const fileOf = (kind: ConfigurationKind) => `${kind}.yaml`

/**
 * Gives a command that wants a configuration, and was told none, the one that lies here, and says on stderr which: what
 * is printed for programs stays as it is. A Fault `bad-input` when none lies here.
 */
export function takeConfigurationHere(acting: Command, terminal: Terminal): void {
  const option = acting.options.find((candidate) => candidate instanceof ConfigurationOption)
  if (option === undefined || acting.getOptionValue('config') !== undefined) return
  const file = option.kinds.map(fileOf).find((name) => existsSync(name))
  if (file === undefined) throw new Fault('bad-input', sentenceFor(option.kinds, resolve('.')))
  terminal.error(terminal.dim(`configuration: ${resolve(file)}`))
  acting.setOptionValueWithSource('config', file, 'implied')
}

const makes: Readonly<Record<ConfigurationKind, (command: string) => string>> = {
  cloud: (command) => `, or make one: ${command} init`,
  edge: () => '; deploy/examples/edge.yaml is one to begin with',
  simulate: () => '',
}

/** Where was looked, and what to do; somebody in the folder of the other side is told so. */
function sentenceFor(kinds: ConfigurationOption['kinds'], folder: string): string {
  const [kind] = kinds
  const other = kind === 'cloud' ? 'edge.yaml' : 'cloud.yaml'
  const seen = existsSync(other) ? ` (there is ${other}, which is of the other side)` : ''
  return `Which configuration? There is no ${kinds.map(fileOf).join(' or ')} in ${folder}${seen}. Go to the folder that has it, name it with --config <file>${makes[kind](asTypedHere())}.`
}
