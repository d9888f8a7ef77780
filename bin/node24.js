#!/usr/bin/env node
// Runs a script with a Node that can: `node bin/node24.js script.ts …`. Plain old JavaScript, because the Node
// that starts this file may be too old for TypeScript and node:sqlite.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { stripAhead } from './strip-ahead.js'

const oldestMajor = 24

/**
 * Compiled code is kept beside the installed packages: a start takes a third less time and 35 MB less memory. Where
 * nothing may be written, nothing is kept.
 */
const compiledCode = fileURLToPath(new URL('../node_modules/.cache/warepulse', import.meta.url))

/** The path of a Node ≥ 24: this one, or the runtime that npm installed beside the project. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestMajor) return process.execPath
  const require = createRequire(import.meta.url)
  const suffix = process.platform === 'win32' ? 'win-x64' : `${process.platform}-${process.arch}`
  try {
    return require.resolve(`node-${suffix}/bin/node${process.platform === 'win32' ? '.exe' : ''}`)
  } catch {
    return undefined
  }
}

/**
 * A heap that may grow to gigabytes grows to four times what lives in it before V8 looks for garbage, and its young
 * generation to 48 MB. A gateway is a small machine and never fills a quarter of a gigabyte; what it reads lives for
 * milliseconds, and a young generation of 6 MB costs no more time than one of 24. In the cloud it is the thread of the
 * sockets that these are for: its other threads have limits of their own (cloud/threads/start.ts).
 *
 * While V8 looks for garbage in what is old it lets the young generation grow instead of emptying it, at full speed to
 * 23 MB in place of 4, and keeps the pages; a gateway is told to empty it then too. And two compilers at work beside one
 * another take 5 to 10 MB more than TurboFan alone, which a gateway gives for a few percent of time while it warms up.
 */
const heapFlags = {
  edge: ['--max-old-space-size=256', '--max-semi-space-size=2', '--no-separate-gc-phases', '--no-maglev'],
  cloud: ['--max-old-space-size=1000', '--max-semi-space-size=4'],
}

export function flagsFor(args) {
  const heap = Object.hasOwn(heapFlags, args[0] ?? '') ? heapFlags[args[0]] : []
  return ['--disable-warning=ExperimentalWarning', ...heap]
}

/**
 * glibc learns from the first large buffer that is given back to keep all of that size for later, up to 32 MB: told where
 * the bound is, it keeps its first one, and what batches took goes back to the system. It gives each thread that asks for memory
 * a store of its own, too, and keeps there what was given back: 6 MB more than with two stores in a gateway, whose
 * threads ask seldom. In the cloud, whose threads ask all the time, it is worth it.
 */
export function environmentFor(args) {
  const bounds = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }
  if (args[0] === 'edge') return { ...bounds, MALLOC_ARENA_MAX: '2' }
  return args[0] === 'cloud' ? bounds : {}
}

/** Runs `script` with that Node, hands signals on, and ends as it ends. */
export function runWithNode24(script, args) {
  const node = findNode()
  if (node === undefined) {
    process.stderr.write(
      `warepulse needs Node.js ${oldestMajor} or newer; this is ${process.versions.node}, and no bundled runtime fits ${process.platform}-${process.arch}.\n` +
        'Install Node.js 24, or run the container: docker compose up\n',
    )
    process.exit(1)
  }
  const flags = flagsFor(args)
  const environment = { NODE_COMPILE_CACHE: compiledCode, ...environmentFor(args), ...process.env }
  stripAhead(node, flags, args[0], environment)
  const child = spawn(node, [...flags, script, ...args], { stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runWithNode24(process.argv[2], process.argv.slice(3))
