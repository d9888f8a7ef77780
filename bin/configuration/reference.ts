import { CloudConfig } from '../../cloud/config.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { SimulateConfig } from '../../simulators/config.ts'
import { documentSchema } from './document.ts'

/** `docs/configuration.md`, whole, from the schemas. */
export function configurationReference(): string {
  return `# Configuration

One YAML file per process, checked by \`warepulse config check <file>\`: a key that is not here is a mistake. Every key can
be set by the environment as \`WAREPULSE_<PATH>\`, \`__\` between levels (\`WAREPULSE_SPOOL__MAX_BYTES\`); \`…_FILE\` reads the
value from a file. The environment wins over the file. Sites, slots, read points and rules are not configuration: they are
put through the API and stand in the journal.

This page is generated from the schemas by \`npm run docs\`; a test fails when it is out of date.

## \`warepulse cloud\`

${documentSchema(CloudConfig)}

## \`warepulse edge\`

${documentSchema(EdgeConfig)}

## \`warepulse simulate\`

${documentSchema(SimulateConfig)}
`
}
