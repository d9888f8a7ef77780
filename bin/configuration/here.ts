import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { Fault } from '../../shared/fault.ts'
import { asTypedHere } from '../as-typed.ts'
import type { Terminal } from '../terminal.ts'

export type ConfigurationKind = 'cloud' | 'edge' | 'simulate'

/** `--config <file>`; without it the command takes `<kind>.yaml` of the working directory. */
export class ConfigurationOption extends Option {
  readonly kind: ConfigurationKind

  constructor(kind: ConfigurationKind, about: string) {
    super('--config <file>', `${about}; without it, ${kind}.yaml in this folder`)
    this.kind = kind
  }
}

/**
 * Gives a command that wants a configuration, and was told none, the one that lies here, and says on stderr which: what
 * is printed for programs stays as it is. A Fault `bad-input` when none lies here.
 */
export function takeConfigurationHere(acting: Command, terminal: Terminal): void {
  const option = acting.options.find((candidate) => candidate instanceof ConfigurationOption)
  if (option === undefined || acting.getOptionValue('config') !== undefined) return
  const file = `${option.kind}.yaml`
  if (!existsSync(file)) throw new Fault('bad-input', sentenceFor(option.kind, resolve('.')))
  terminal.error(terminal.dim(`configuration: ${resolve(file)}`))
  acting.setOptionValueWithSource('config', file, 'implied')
}

const makes: Readonly<Record<ConfigurationKind, (command: string) => string>> = {
  cloud: (command) => `, or make one: ${command} init`,
  edge: () => '; deploy/examples/edge.yaml is one to begin with',
  simulate: () => '',
}

/** Where was looked, and what to do; somebody in the folder of the other side is told so. */
function sentenceFor(kind: ConfigurationKind, folder: string): string {
  const other = kind === 'cloud' ? 'edge.yaml' : 'cloud.yaml'
  const seen = existsSync(other) ? ` (there is ${basename(other)}, which is of the other side)` : ''
  return `Which configuration? There is no ${kind}.yaml in ${folder}${seen}. Go to the folder that has it, name it with --config <file>${makes[kind](asTypedHere())}.`
}
