import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../support/journal.ts'
import { startWarepulse } from '../support/processes.ts'
import { plugIn } from '../support/pty.ts'
import { until } from '../support/until.ts'

test('what a reader on a serial line reads is told line by line; nothing is stored, and the line is free afterwards', async () => {
  const directory = temporaryDirectory()
  const reader = await plugIn(join(directory, 'tty'))
  onTestFinished(() => reader.unplug())
  const config = join(directory, 'edge.yaml')
  const source = { type: 'serial', id: 'dock-4', path: reader.path, protocol: 'tag-lines' }
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      gateway: { site: 'north', id: 'a' },
      uplink: { url: 'mqtts://nowhere.example:8883', secretFile: join(directory, 'no-secret') },
      spool: { directory: join(directory, 'spool') },
      sources: [source],
    }),
  )
  const watching = startWarepulse(['reader', 'watch', '--config', config])
  const epc = '3066C4409047E140075BCD15'
  const heard = () =>
    watching
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{"type"'))
      .map((line) => JSON.parse(line) as { type: string; epc: string; device: string })
  await until('it is read', () => {
    reader.say(`${epc}\r\n`)
    return heard().length >= 3
  })
  expect(heard()[0]).toMatchObject({ type: 'tag', epc, device: 'dock-4', antenna: 1, count: 1 })
  expect(await watching.stop()).toBe(0)
  expect(existsSync(join(directory, 'spool'))).toBe(false)

  const unknown = startWarepulse(['reader', 'watch', '--config', config, '--source', 'dock-9'])
  expect(await unknown.exited).toBe(2)
  expect(unknown.output()).toContain('there is no source "dock-9", but dock-4')
})
