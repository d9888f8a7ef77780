import { CloudConfig, refusePlaintext } from '../../cloud/config.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { kindOfFile } from '../configuration/kind.ts'
import { checkClock } from '../doctor/clock.ts'
import { checkCloud } from '../doctor/cloud.ts'
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
 * `warepulse doctor --config <file>`: looks at everything outside of the process that a gateway, or the cloud, needs.
 * Changes nothing, and may run beside it. Answers the exit code.
 */
export async function doctor(
  options: { readonly config: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<0 | 1 | 4> {
  const findings =
    kindOfFile(options.config) === 'cloud' ? await ofCloud(options.config) : await ofGateway(options.config)
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

const isValid = (path: string): Finding => ({
  check: 'configuration',
  subject: path,
  verdict: 'fine',
  sentence: `${path} is valid`,
})

async function ofGateway(path: string): Promise<readonly Finding[]> {
  const config = loadConfiguration(EdgeConfig, path)
  const { files, serialPorts, addresses } = targetsOf(config)
  const { inUse, finding: spool } = await checkSpool(config.spool)
  const found = await Promise.all([
    ...files.map((file) => checkFile(file)),
    ...serialPorts.map((port) => checkSerialPort(port, inUse)),
    ...addresses.map((address) => checkAddress(address, caFileFor(config, address.key))),
    ...config.sources.map((source, i) => (source.type === 'mqtt' ? checkLogin(source, `sources[${i}]`) : undefined)),
    checkDisk(config.spool),
    checkClock(config.spool.directory, systemClock.now()),
  ])
  return [isValid(path), ...found.filter((finding) => finding !== undefined), spool]
}

async function ofCloud(path: string): Promise<readonly Finding[]> {
  const config = loadConfiguration(CloudConfig, path)
  refusePlaintext(config)
  const { files, addresses } = targetsOf(config)
  const found = await Promise.all([
    ...files.map((file) => checkFile(file)),
    ...addresses.map((address) => checkAddress(address)),
    checkClock(config.dataDirectory, systemClock.now()),
  ])
  return [isValid(path), ...found, ...(await checkCloud(config))]
}

/** The authority that a source, or the uplink, trusts. */
function caFileFor(config: EdgeConfig, key: string): string | undefined {
  if (key.startsWith('uplink')) return config.uplink.caFile
  const source = config.sources[Number(/^sources\[(\d+)\]/.exec(key)?.[1])]
  if (source === undefined) return undefined
  if ('caFile' in source && typeof source.caFile === 'string') return source.caFile
  return 'tls' in source && typeof source.tls === 'object' ? source.tls?.caFile : undefined
}
