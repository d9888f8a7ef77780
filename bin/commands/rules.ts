import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import { Rule } from '../../shared/rule.ts'
import { differenceOf, type RuleDifference } from '../../shared/rules/difference.ts'
import { ask, isOpenToListeners, type Question, refusalOf } from '../ask.ts'
import { readRulesFile, writeRulesFile } from '../rules/file.ts'
import type { Terminal } from '../terminal.ts'

/** Where the cloud is, and who asks. The token comes by file: a command line is seen by everybody on the machine. */
interface CloudOptions {
  readonly url: string
  readonly tokenFile: string
  readonly ca?: string
  readonly allowPlaintext?: boolean
}

interface ImportOptions extends CloudOptions {
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly json?: boolean
}

/** `warepulse rules export`: the rules of a site as YAML; the same rules are the same bytes. */
export async function exportRules(
  options: CloudOptions & { readonly site: string; readonly out?: string },
  terminal: Terminal,
): Promise<void> {
  const { site, out } = options
  const rules = (await rulesOf(cloudOf(options))).filter((rule) => rule.site === site)
  const text = writeRulesFile(site, rules)
  if (out === undefined) return terminal.line(text.trimEnd())
  await writeFile(out, text)
  terminal.line(`${rules.length} rules of ${site} are in ${out}.`)
}

/**
 * `warepulse rules import <file>`: makes the rules of a site what the file says. Every rule is checked first, and
 * nothing is changed if one cannot be taken.
 */
export async function importRules(path: string, options: ImportOptions, terminal: Terminal): Promise<void> {
  const read = readRulesFile(path, textOf(path, 'rules'))
  if (!read.ok) throw new Fault('config-invalid', `${read.complaints.join('\n\n')}\n\nNothing was changed.`)
  const { site, rules } = read.value
  const cloud = cloudOf(options)
  const difference = differenceOf(site, rules, await rulesOf(cloud))
  if (difference.taken.length > 0) {
    const whose = difference.taken.map((one) => `"${one.id}" of ${one.site}`).join(', ')
    throw new Fault('conflict', `These ids are taken by other sites: ${whose}. Nothing was changed.`)
  }
  tell(difference, options, terminal)
  if (options.dryRun === true) return

  const acts = [
    ...[...difference.added, ...difference.changed.map(({ rule }) => rule)].map(
      (rule) => ({ method: 'PUT', id: rule.id, body: rule }) as const,
    ),
    ...(options.prune === true ? difference.unnamed : []).map(({ id }) => ({ method: 'DELETE', id }) as const),
  ]
  for (const [done, { id, ...act }] of acts.entries()) {
    const answer = await cloud({ ...act, path: `/api/v1/rules/${id}` })
    if (answer.status !== 202)
      throw new Fault(
        'not-allowed',
        `The cloud refused "${id}": ${refusalOf(answer)} Of ${acts.length} changes, ${done} were made before it; the same call makes the rest.`,
      )
  }
}

function tell(difference: RuleDifference, { dryRun, prune, json }: ImportOptions, terminal: Terminal): void {
  const { added, changed, same, unnamed } = difference
  const ids = (rules: readonly Rule[]) => rules.map(({ id }) => id)
  const [removed, left] = prune === true ? [unnamed, []] : [[], unnamed]
  if (json === true) {
    const changes = changed.map(({ rule, fields }) => ({ id: rule.id, fields }))
    terminal.line(
      JSON.stringify({
        dryRun: dryRun === true,
        new: ids(added),
        changed: changes,
        same: ids(same),
        removed: ids(removed),
        left: ids(left),
      }),
    )
    return
  }
  for (const id of ids(added)) terminal.line(`new      ${id}`)
  for (const { rule, fields } of changed) terminal.line(`changed  ${rule.id}  ${terminal.dim(fields.join(', '))}`)
  for (const id of ids(same)) terminal.line(`same     ${id}`)
  for (const id of ids(removed)) terminal.line(`removed  ${id}`)
  for (const id of ids(left)) terminal.line(`left     ${id}  ${terminal.dim('not in the file')}`)
  if (dryRun === true) terminal.line('Nothing was changed: this was a dry run.')
}

type Cloud = (
  question: Pick<Question, 'method' | 'body'> & { readonly path: string },
) => Promise<{ status: number; body: unknown }>

function cloudOf({ url, tokenFile, ca, allowPlaintext }: CloudOptions): Cloud {
  if (!URL.canParse(url)) throw new Fault('bad-input', `--url is the address of the cloud, not "${url}".`)
  if (isOpenToListeners(new URL(url)) && allowPlaintext !== true)
    throw new Fault(
      'not-allowed',
      `${url} is not encrypted: the token would be read on the way. Use https://, or --allow-plaintext.`,
    )
  const token = textOf(tokenFile, 'token').trim()
  const authority = ca === undefined ? {} : { ca: textOf(ca, 'certificate') }
  return ({ path, ...question }) => ask({ ...question, url: new URL(path, url), token, ...authority })
}

/** Those of every site that the token may see. */
async function rulesOf(cloud: Cloud): Promise<readonly Rule[]> {
  const answer = await cloud({ method: 'GET', path: '/api/v1/rules' })
  if (answer.status !== 200) throw new Fault('not-allowed', `The cloud did not return its rules: ${refusalOf(answer)}`)
  const page = z.object({ items: z.array(Rule) }).safeParse(answer.body)
  if (!page.success)
    throw new Fault('conflict', 'The cloud has rules that this version does not know: use the version of the cloud.')
  return page.data.items
}

function textOf(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Fault('bad-input', `Cannot read the ${what} in ${path}: is the path right?`, { cause })
  }
}
