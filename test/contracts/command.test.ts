import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWarepulse } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** The command as people meet it: help, exit codes, and sentences instead of stack traces. */
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warepulse-command-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  return runIn(undefined, ...args)
}

async function runIn(folder: string | undefined, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const running = startWarepulse(args, {}, 'no-input', folder)
  const code = await running.exited
  return { code, output: running.output() }
}

describe('help', () => {
  test.each([
    [],
    ['demo'],
    ['cloud'],
    ['edge'],
    ['simulate'],
    ['replay'],
    ['config', 'check'],
    ['gateway', 'add'],
    ['rules', 'import'],
  ])('of "%s %s" exits 0 and shows how it is used', async (...words) => {
    const { code, output } = await run(...words.filter((word) => word !== undefined), '--help')
    expect(code).toBe(0)
    expect(output).toContain('Usage: warepulse')
  })
})

describe('mistakes', () => {
  test.each([
    ['an unknown command', ['dmeo'], 2, 'Did you mean demo?'],
    ['a missing option', ['rules', 'export', '--site', 'harbour'], 2, '--token-file'],
    ['a value that is no number', ['demo', '--port', 'x'], 2, 'not a whole number'],
    ['a size that does not exist', ['demo', '--size', 'vast'], 2, '--size is full, small or huge'],
    [
      'a configuration that is not there',
      ['cloud', '--config', '/nowhere.yaml'],
      3,
      'There is no configuration /nowhere.yaml',
    ],
    [
      'a demo recording that does not exist',
      ['replay', 'demo://ufo', '--config', '/nowhere.yaml'],
      2,
      'there is inbound-truck',
    ],
    ['a recording that is not there', ['replay', '/nowhere.csv', '--config', '/nowhere.yaml'], 2, 'no recording'],
  ] as const)('%s', async (_name, args, code, sentence) => {
    const told = await run(...args)
    expect(told.output).toContain(sentence)
    expect(told.code).toBe(code)
    expect(told.output).not.toMatch(/^\s+at /m)
  })

  test('a wrong key: exit 3, with file, line, column and what was meant', async () => {
    const path = join(directory, 'cloud.yaml')
    await writeFile(path, 'version: 1\nhttp:\n  prot: 8080\n')
    const { code, output } = await run('cloud', '--config', path)
    expect(code).toBe(3)
    expect(output).toContain(`${path}:3:3  error  http.prot`)
    expect(output).toContain('did you mean "port"?')
  })

  test.each([['cloud'], ['gateway list']])(
    '%s: a data directory that cannot be is told with its key',
    async (command) => {
      await writeFile(join(directory, 'a-file'), '')
      const config = { version: 1, dataDirectory: './a-file/data', http: { port: 0 }, broker: { port: 0 } }
      await writeFile(join(directory, 'cloud.yaml'), JSON.stringify(config))
      const { code, output } = await runIn(directory, ...command.split(' '))
      expect(output).toContain('(dataDirectory) cannot be: a part of that path is a file')
      expect(output).not.toMatch(/^\s+at /m)
      expect(code).toBe(1)
    },
  )

  test('a port that is taken: exit 4, and the port is named', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const path = join(directory, 'cloud.yaml')
    await writeFile(path, JSON.stringify({ version: 1, dataDirectory: join(directory, 'data'), broker: { port } }))
    const { code, output } = await run('cloud', '--config', path)
    server.close()
    expect(code).toBe(4)
    expect(output).toContain(String(port))
  })
})

describe('without --config', () => {
  test.each([
    [['doctor']],
    [['edge']],
    [['reader', 'watch']],
    [['quarantine', 'list']],
    [['backup', 'create', 'copy']],
    [['rebuild', 'all']],
    [['user', 'link']],
  ] as const)('%j in an empty folder says what was looked for, where, and what to do; exit 2', async (args) => {
    const { code, output } = await runIn(directory, ...args)
    expect(output).toMatch(/Which configuration[?] There is no (cloud|edge|edge[.]yaml or cloud)[.]yaml in /)
    expect(output).toContain(directory)
    expect(output).toContain('--config <file>')
    expect(code).toBe(2)
  })

  test('the one that lies in the folder is taken, and told beside what is printed for programs', async () => {
    await writeFile(join(directory, 'cloud.yaml'), 'version: 1\ndataDirectory: ./data\n')
    const { code, output } = await runIn(directory, 'gateway', 'list', '--json')
    expect(output).toBe(`configuration: ${join(directory, 'cloud.yaml')}\n{"gateways":[]}\n`)
    expect(code).toBe(0)
  })

  test('the one of the other side is named, not taken', async () => {
    await writeFile(join(directory, 'cloud.yaml'), 'version: 1\n')
    const { code, output } = await runIn(directory, 'edge')
    expect(output).toContain('there is cloud.yaml, which is of the other side')
    expect(code).toBe(2)
  })
})

describe('the secret of a gateway', () => {
  const files = async () => (await readdir(directory)).filter((name) => name.startsWith('gateway-secret'))
  beforeEach(() => writeFile(join(directory, 'cloud.yaml'), 'version: 1\ndataDirectory: ./data\n'))

  test('goes into a file for its owner alone, and to no terminal; a file that is there stays until --replace', async () => {
    const file = join(directory, 'gateway-secret')
    const add = (...more: string[]) => runIn(directory, 'gateway', ...more, '--secret-file', 'gateway-secret')
    const added = await add('add', 'harbour', 'gw-north')
    expect(added.code, added.output).toBe(0)
    const secret = await readFile(file, 'utf8')
    expect(secret).toMatch(/^\S{20,}\n$/)
    expect(added.output).not.toContain(secret.trim())
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    const refused = await add('rotate', 'harbour', 'gw-north')
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('gateway-secret is there already') })
    expect(await readFile(file, 'utf8')).toBe(secret)
    await chmod(file, 0o644)
    const rotated = await add('rotate', 'harbour', 'gw-north', '--replace')
    expect(rotated.code, rotated.output).toBe(0)
    expect(await readFile(file, 'utf8')).not.toBe(secret)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await files()).toEqual(['gateway-secret'])
  })

  test('is not made where it cannot be written: no gateway is added', async () => {
    const { code, output } = await runIn(directory, 'gateway', 'add', 'harbour', 'gw-1', '--secret-file', 'no/secret')
    expect(output).toContain(`There is no folder ${join(directory, 'no')}`)
    expect(code).toBe(2)
    expect((await runIn(directory, 'gateway', 'list', '--json')).output).toContain('{"gateways":[]}')
  })

  test('that a gateway which is there already cannot be added again leaves no file', async () => {
    await runIn(directory, 'gateway', 'add', 'harbour', 'gw-1')
    const again = await runIn(directory, 'gateway', 'add', 'harbour', 'gw-1', '--secret-file', 'gateway-secret')
    expect(again.code).toBe(1)
    expect(await files()).toEqual([])
  })

  test('that everybody can read is warned of when the gateway starts', async () => {
    await writeFile(join(directory, 'gateway-secret'), 'secret\n')
    await chmod(join(directory, 'gateway-secret'), 0o644)
    const edge = {
      version: 1,
      gateway: { site: 'harbour', id: 'gw-1' },
      uplink: { url: 'mqtt://127.0.0.1:9', secretFile: './gateway-secret' },
      spool: { directory: './spool' },
      sources: [],
    }
    await writeFile(join(directory, 'edge.yaml'), JSON.stringify(edge))
    const running = startWarepulse(['edge'], {}, 'no-input', directory)
    await until('the warning', () => running.output().includes('Run: chmod 600 ./gateway-secret'))
    expect(await running.stop()).toBe(0)
  })
})
