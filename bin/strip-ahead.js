// Strips the types of the sources ahead of the process that serves, in one that ends. Plain old JavaScript, like node24.js.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** The rooms whose sources a service may load. */
const rooms = { edge: ['edge', 'shared'], cloud: ['cloud', 'shared'] }
const board = join('cloud', 'board') + sep

/**
 * Node strips types with a compiler that stays in memory, 28 MB in a gateway, and writes down what it stripped. A service
 * that started from sources nobody has stripped yet would keep the compiler for as long as it lives. So before it starts, a
 * process that ends at once loads all it may load, and runs none of it. A note beside what is written down says which sources
 * that was: where none has changed, this is a look at the time of each file. Where nothing can be written, or something fails,
 * the service strips for itself.
 *
 * @param {string} node the Node that serves
 * @param {string[]} flags what it is told; what it has compiled is kept by flags
 * @param {string} service the subcommand
 * @param {Record<string, string | undefined>} environment of the process that serves
 */
export function stripAhead(node, flags, service, environment) {
  const kept = environment.NODE_COMPILE_CACHE
  // In the published package there are no sources: it is compiled.
  if (!Object.hasOwn(rooms, service) || kept === undefined || !existsSync(join(root, 'bin', 'warepulse.ts'))) return
  try {
    const sources = ['bin', ...rooms[service]].flatMap(sourcesIn)
    const state = stateOf([node, ...sources.map((file) => join(root, file))], flags)
    const note = join(kept, `stripped-${service}`)
    if (existsSync(note) && readFileSync(note, 'utf8') === state) return
    mkdirSync(kept, { recursive: true })
    writeFileSync(note, '')
    const own = [join('bin', 'warepulse.ts'), join('bin', 'commands', `${service}.ts`)]
    const loaded = sources.filter((file) => !file.startsWith(`bin${sep}`) || own.includes(file))
    if (loadsAndEnds(node, flags, loaded, environment)) writeFileSync(note, state)
  } catch {}
}

/** All modules are loaded before the first one runs, and the one that ends the process is the first to run. */
function loadsAndEnds(node, flags, files, environment) {
  const urls = ['data:text/javascript,process.exit(0)', ...files.map((file) => pathToFileURL(join(root, file)).href)]
  const { status } = spawnSync(node, [...flags, '--input-type=module', '-'], {
    input: urls.map((url) => `import ${JSON.stringify(url)}\n`).join(''),
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment,
  })
  return status === 0
}

/** The TypeScript of a room, relative to the root; that of the board is for browsers. */
function sourcesIn(room) {
  return readdirSync(join(root, room), { recursive: true })
    .map((file) => join(room, file))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(board))
    .sort()
}

/** Another text when a file, or what Node is told, is another. */
function stateOf(files, flags) {
  const looks = files.map((file) => [file, statSync(file).mtimeMs, statSync(file).size])
  return createHash('sha256')
    .update(JSON.stringify([flags, looks]))
    .digest('hex')
}
