import { stringify } from 'yaml'
import type { Rule } from '../../shared/rule.ts'
import { RulesFile, rulesFileContent, rulesFileHead } from '../../shared/rules/file.ts'
import { type Configuration, readConfiguration } from '../configuration/read.ts'

/** Every mistake is told with file:line:column. */
export function readRulesFile(fileName: string, text: string): Configuration<RulesFile> {
  const nothing = { environment: {}, readFile: () => '' }
  return readConfiguration(RulesFile, fileName, text, nothing)
}

/** The same rules make the same bytes, in whatever order they come. */
export function writeRulesFile(site: string, rules: readonly Rule[]): string {
  return `${rulesFileHead(site)}\n${stringify(rulesFileContent(site, rules), { lineWidth: 0 })}`
}
