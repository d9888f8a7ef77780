import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a fit found, to five digits, as `edge/gate/<file>` in the form of the house: the same weights give the same file. */
export function writeWeights(file: string, name: string, command: string, weights: object): void {
  const path = fileURLToPath(new URL(`../../edge/gate/${file}`, import.meta.url))
  writeFileSync(
    path,
    `/** Written by \`npm run ${command}\`, not by hand. */\n// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: what was learnt is near some logarithm by chance\nexport const ${name} = ${JSON.stringify(rounded(weights))}\n`,
  )
  execFileSync('npx', ['biome', 'format', '--write', path], { stdio: 'ignore' })
}

/** Numbers as they are written down. */
export function rounded(weights: object): object {
  return JSON.parse(
    JSON.stringify(weights, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)),
  )
}
