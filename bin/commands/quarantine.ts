import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { lockDataDirectory } from '../../cloud/database/lock.ts'
import { readQuarantined } from '../../cloud/intake/read-quarantined.ts'
import { type QuarantineEntry, type QuarantinePlace, viewQuarantine } from '../../cloud/journal/quarantine.ts'
import { openSetAside, type SetAside } from '../../cloud/journal/set-aside.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { Fault } from '../../shared/fault.ts'
import { loadConfiguration, systemClock, systemRandom } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly config: string
  readonly json?: boolean
}

/** `warepulse quarantine list`: what could not be accepted, and what projections moved past. Beside a running cloud. */
export function list(options: Options & { readonly all?: boolean }, terminal: Terminal): void {
  const file = filesOf(options)
  const view = viewQuarantine(file('journal'))
  const setAside = setAsideOf(file('setAside'))
  try {
    const entries = [...view.list()].filter(
      ({ replayedOffset }) => options.all === true || replayedOffset === undefined,
    )
    if (options.json === true) {
      terminal.line(JSON.stringify({ quarantine: entries.map((entry) => ({ id: idOf(entry), ...entry })), setAside }))
      return
    }
    for (const entry of entries) terminal.line(lineOf(entry, readQuarantined(view.sample(entry)).ok))
    for (const { projection, offset, at, reason } of setAside) {
      terminal.line(`${iso(at)}  ${projection} moved past entry ${offset}: ${reason}`)
    }
    if (entries.length + setAside.length === 0) terminal.line('The quarantine is empty.')
    if (setAside.length > 0) terminal.line(`Entries a projection moved past: warepulse rebuild <projection>`)
  } finally {
    view.close()
  }
}

/** `warepulse quarantine show <id>`: one record as it came. */
export function show(id: string, options: Options, terminal: Terminal): void {
  const view = viewQuarantine(filesOf(options)('journal'))
  try {
    const entry = view.find(placeOf(id))
    if (entry === undefined) throw new Fault('not-found', `Nothing with the id ${id} is in quarantine.`)
    const sample = view.sample(entry)
    const read = readQuarantined(sample)
    if (options.json === true) terminal.line(JSON.stringify({ id, ...entry, readable: read.ok, sample }))
    else {
      terminal.line(lineOf(entry, read.ok))
      if (!read.ok) terminal.line(`today: ${read.reason}${read.detail === undefined ? '' : `: ${read.detail}`}`)
      terminal.line(sample)
    }
  } finally {
    view.close()
  }
}

/** `warepulse quarantine replay [id]`: appends again what this version can read, each exactly once. */
export async function replay(id: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  const config = loadConfiguration(CloudConfig, options.config)
  const file = filesOf(options)
  await using open = new AsyncDisposableStack()
  if (!existsSync(file('journal'))) throw new Fault('not-found', `There is no journal ${file('journal')}.`)
  open.defer(lockDataDirectory(config.dataDirectory))
  const journal = open.adopt(
    await openJournal({ path: file('journal'), clock: systemClock, random: systemRandom }),
    (room) => room.close(),
  )
  const view = open.adopt(viewQuarantine(file('journal')), (room) => room.close())
  const wanted = id === undefined ? [...view.list()] : [view.find(placeOf(id))]
  const count = { replayed: 0, before: 0, unreadable: 0 }
  for (const entry of wanted) {
    if (entry === undefined) throw new Fault('not-found', `Nothing with the id ${id} is in quarantine.`)
    if (entry.replayedOffset !== undefined) {
      count.before += 1
      continue
    }
    const read = readQuarantined(view.sample(entry))
    if (!read.ok) count.unreadable += 1
    else if (await journal.replay(entry, read.value, 'quarantine replay')) count.replayed += 1
    else count.before += 1
  }
  if (options.json === true) terminal.line(JSON.stringify(count))
  else
    terminal.line(
      `${count.replayed} replayed · ${count.unreadable} still cannot be read · ${count.before} had been replayed before`,
    )
}

function lineOf(entry: QuarantineEntry, readable: boolean): string {
  const { site, gateway, sequence, at, reason, replayedOffset } = entry
  const state = replayedOffset !== undefined ? 'replayed' : readable ? 'can be read now' : 'cannot be read'
  return `${idOf(entry).padEnd(12)} ${iso(at)}  ${site}/${gateway} #${sequence}  ${reason}  (${state})`
}

const iso = (at: number) => new Date(at).toISOString()
const idOf = ({ offset, position }: QuarantinePlace) => `${offset}.${position}`

function placeOf(id: string): QuarantinePlace {
  const match = /^(\d+)\.(\d+)$/.exec(id)
  if (match === null) throw new Fault('bad-input', `"${id}" is not an id of the quarantine; they look like 1204.0.`)
  return { offset: Number(match[1]), position: Number(match[2]) }
}

function filesOf(options: Options): (name: keyof typeof dataFiles) => string {
  const { dataDirectory } = loadConfiguration(CloudConfig, options.config)
  return (name) => join(dataDirectory, dataFiles[name])
}

function setAsideOf(path: string): readonly SetAside[] {
  if (!existsSync(path)) return []
  const file = openSetAside(path)
  try {
    return file.list()
  } finally {
    file.close()
  }
}
