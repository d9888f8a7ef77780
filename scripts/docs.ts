import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { configurationReference } from '../bin/configuration/reference.ts'

writeFileSync(fileURLToPath(new URL('../docs/configuration.md', import.meta.url)), configurationReference())
