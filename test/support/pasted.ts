import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { flagsFor } from '../../bin/node24.js'

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What a page says to type, and the answer that it promises, if it shows one. */
export interface Pasted {
  readonly typed: string
  readonly answer: unknown
}

/** The `sh` blocks of a page (or of one chapter), each with the `json` block that follows it. */
export function pastedFrom(page: string, chapter = ''): readonly Pasted[] {
  const text = readFileSync(file(page), 'utf8')
  const from = text.indexOf(chapter)
  if (from < 0) throw new Error(`${page} has no chapter "${chapter}"`)
  const end = chapter === '' ? -1 : text.indexOf('\n## ', from + 1)
  const blocks = [...text.slice(from, end < 0 ? undefined : end).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  return blocks.flatMap(([, language, typed = ''], index) => {
    if (language !== 'sh') return []
    const [, next, shown = ''] = blocks[index + 1] ?? []
    return [{ typed, answer: next === 'json' ? JSON.parse(shown) : undefined }]
  })
}

/** The gateway's configuration that a README shows. */
export function gatewayYamlFrom(page: string): string {
  return /```yaml\n(version: 1\n[^`]*)```/.exec(readFileSync(file(page), 'utf8'))?.[1] ?? ''
}

export interface Shell {
  /** Types into it; resolves with what was printed, on both outputs, and the exit code of the last command. */
  type(text: string): Promise<{ readonly printed: string; readonly code: number }>
  close(): void
}

/** What is typed comes by descriptor 3, ended by a NUL: the standard input stays empty for what is run. */
const readEvalPrint = `
exec 2>&1
npx() { shift; warepulse "$@"; }
while IFS= read -r -d '' -u 3 typed; do
  eval "$typed" 3<&-
  printf '\\n@ended %s\\n' $?
done`

/** A shell that somebody has open in `folder`: variables and functions last, and `npx warepulse` is this very program. */
export function openShell(folder: string): Shell {
  const program = [process.execPath, ...flagsFor([]), file('bin/warepulse.ts')].map((part) => `'${part}'`).join(' ')
  const child = spawn('bash', ['--norc', '-c', `warepulse() { ${program} "$@"; }\n${readEvalPrint}`], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let printed = ''
  let heard = () => {}
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      printed += bytes.toString()
      heard()
    })
  child.on('exit', () => heard())
  const input = child.stdio[3] as NodeJS.WritableStream
  const ended = /^@ended (\d+)\n/m
  return {
    async type(text) {
      printed = ''
      input.write(`${text}\0`)
      while (!ended.test(printed)) {
        if (child.exitCode !== null) throw new Error(`the shell has ended: ${printed}`)
        await new Promise<void>((resolve) => {
          heard = resolve
        })
      }
      const [, code] = ended.exec(printed) ?? []
      return { printed: printed.replace(/\n?@ended \d+\n/, ''), code: Number(code) }
    },
    close: () => void child.kill(),
  }
}
