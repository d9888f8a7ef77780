import { EdgeConfig } from '../../edge/config.ts'
import { checkClock } from '../doctor/clock.ts'
import { checkFile } from '../doctor/files.ts'
import { exitCodeFor, type Finding } from '../doctor/finding.ts'
import { checkLogin } from '../doctor/login.ts'
import { checkAddress } from '../doctor/network.ts'
import { checkSerialPort } from '../doctor/serial-ports.ts'
import { checkDisk, checkSpool } from '../doctor/spool.ts'
import { targetsOf } from '../doctor/targets.ts'
import { loadConfiguration, systemClock } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const marks = { fine: '✓', look: '!', wrong: '✗', unreachable: '✗' } as const

/**
 * `warepulse doctor --config <edge.yaml>`: looks at everything outside of the process that a gateway needs. Changes
 * nothing, and may run beside the gateway. Answers the exit code.
 */
export async function doctor(
  options: { readonly config: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<0 | 1 | 4> {
  const config = loadConfiguration(EdgeConfig, options.config)
  const { files, serialPorts, addresses } = targetsOf(config)
  const { inUse, finding: spool } = await checkSpool(config.spool)
  const findings: Finding[] = [
    { check: 'configuration', subject: options.config, verdict: 'fine', sentence: `${options.config} is valid` },
    ...(
      await Promise.all([
        ...files.map((file) => checkFile(file)),
        ...serialPorts.map((port) => checkSerialPort(port, inUse)),
        ...addresses.map((address) => checkAddress(address, caFileFor(config, address.key))),
        ...config.sources.map((source, i) =>
          source.type === 'mqtt' ? checkLogin(source, `sources[${i}]`) : undefined,
        ),
        checkDisk(config.spool),
        checkClock(config.spool.directory, systemClock.now()),
      ])
    ).filter((finding) => finding !== undefined),
    spool,
  ]

  const code = exitCodeFor(findings)
  if (options.json === true) {
    terminal.line(JSON.stringify({ findings, exitCode: code }))
    return code
  }
  const widest = Math.max(...findings.map(({ check }) => check.length))
  for (const { check, subject, verdict, sentence } of findings) {
    const mark = verdict === 'fine' ? terminal.good(marks[verdict]) : terminal.strong(marks[verdict])
    terminal.line(`${mark} ${check.padEnd(widest)}  ${sentence}  ${terminal.dim(subject)}`)
  }
  const trouble = findings.filter(({ verdict }) => verdict === 'wrong' || verdict === 'unreachable').length
  terminal.line(trouble === 0 ? 'Nothing is wrong.' : `${trouble} of ${findings.length} need somebody.`)
  return code
}

/** The authority that a source, or the uplink, trusts. */
function caFileFor(config: EdgeConfig, key: string): string | undefined {
  if (key.startsWith('uplink')) return config.uplink.caFile
  const source = config.sources[Number(/^sources\[(\d+)\]/.exec(key)?.[1])]
  if (source === undefined) return undefined
  if ('caFile' in source && typeof source.caFile === 'string') return source.caFile
  return 'tls' in source && typeof source.tls === 'object' ? source.tls?.caFile : undefined
}
