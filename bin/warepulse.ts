import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { ConfigurationOption, takeConfigurationHere } from './configuration/here.ts'
import { versionOfPackage } from './package.ts'
import { exitCodeOf, openTerminal, tellFault } from './terminal.ts'

/** The `warepulse` command. Every subcommand loads what it needs only when it is called. */

const terminal = openTerminal(process.stdout, process.stderr, process.env)

const program = new Command('warepulse')
  .description('Warehouse telemetry from the RFID gate to the live board.')
  .version(versionOfPackage())
  .showHelpAfterError('(add --help for what is possible)')
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: true })
  .addHelpText('after', '\nExit codes: 0 ok · 1 failed · 2 usage · 3 invalid configuration · 4 cannot reach')
  .exitOverride()
  .hook('preAction', (_program, acting) => takeConfigurationHere(acting, terminal))

program
  .command('demo')
  .description('broker, cloud, two gateways and a simulated warehouse in one command')
  .option('--port <number>', 'port of the board; the next free one is taken if it is busy', portNumber, 8080)
  .option('--seed <number>', 'same seed, same story', wholeNumber, 42)
  .option('--rate <number>', 'tag reads per second', wholeNumber, 50)
  .option('--size <size>', 'full (2,400 slots), small (48) or huge (100,000)', 'full')
  .option('--directory <path>', 'where it keeps its data, made anew at each start', './warepulse-demo')
  .option('--clean', 'remove that data and stop')
  .addHelpText('after', '\nExample:\n  warepulse demo --port 9000 --rate 200')
  .action(async (options) => (await import('./commands/demo.ts')).demo(options, terminal))

program
  .command('cloud')
  .description('the cloud side: broker, intake, journal, stock, series, alerts, boards')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--tls <auto>', 'serve https and mqtts with a certificate of a local authority made here')
  .addHelpText('after', '\nExample:\n  warepulse cloud --config cloud.yaml --tls auto')
  .action(async (options) => (await import('./commands/cloud.ts')).cloud(options, terminal))

program
  .command('init')
  .description('ask a few questions and write cloud.yaml, commented, into this folder')
  .addHelpText('after', '\nExample:\n  warepulse init && warepulse cloud --config cloud.yaml')
  .action(async () => (await import('./commands/init.ts')).init(terminal))

program
  .command('edge')
  .description('the gateway: reads devices, buffers, forwards')
  .addOption(new ConfigurationOption('edge', 'configuration of the gateway'))
  .addHelpText('after', '\nExample:\n  warepulse edge --config edge.yaml')
  .action(async (options) => (await import('./commands/edge.ts')).edge(options, terminal))

program
  .command('doctor')
  .description(
    'look at all that a gateway, or the cloud, needs: files, ports, network, disk, clock; exit 1 or 4 if something is wrong',
  )
  .addOption(new ConfigurationOption(['edge', 'cloud'], 'configuration of the gateway, or of the cloud'))
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse doctor --config edge.yaml')
  .action(async (options) => {
    process.exitCode = await (await import('./commands/doctor.ts')).doctor(options, terminal)
  })

program
  .command('simulate')
  .description('simulated readers and sensors on real serial lines and MQTT')
  .addOption(new ConfigurationOption('simulate', 'configuration of the simulation'))
  .addHelpText('after', '\nExample:\n  warepulse simulate --config simulate.yaml')
  .action(async (options) => (await import('./commands/simulate.ts')).simulate(options, terminal))

program
  .command('record <directory>')
  .description('the gateway at work, and beside it a file for each source with all that it delivered')
  .addOption(new ConfigurationOption('edge', 'configuration of the gateway'))
  .option('--source <id...>', 'only these sources; default: all')
  .option('--max-megabytes <number>', 'longest file; then nothing more is recorded of that source', wholeNumber, 1000)
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse record ./captures --config edge.yaml --source dock-4')
  .action(async (directory, options) => (await import('./commands/record.ts')).record(directory, options, terminal))

program
  .command('replay <file>')
  .description(
    'feed a capture, another recording, or demo://inbound-truck through a gateway, to the last acknowledgement',
  )
  .addOption(new ConfigurationOption('edge', 'configuration of the gateway; its sources are replaced by the recording'))
  .option(
    '--format <name>',
    'of a recording that is no capture; item-test-csv: what Impinj ItemTest saves',
    'item-test-csv',
  )
  .option('--device <id>', 'reader that a recording speaks for; a capture knows its own', 'replay')
  .option('--speed <factor>', '1 = as recorded, 10 = ten times faster, max', 'max')
  .option('--json', 'print counts as one JSON object')
  .addHelpText('after', '\nExamples:\n  warepulse replay run-x1.csv.gz --config edge.yaml --device dock-1')
  .addHelpText('after', '  warepulse replay demo://inbound-truck --config edge.yaml --device dock-1 --speed 20')
  .action(async (file, options) => (await import('./commands/replay.ts')).replay(file, options, terminal))

program
  .command('rebuild <projection>')
  .description('build stock, alerts, gateway states or series anew from the journal; the cloud must be stopped')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print one JSON object per projection')
  .addHelpText('after', '\nProjections: inventory, goods, alerts, supervision, series, all')
  .addHelpText('after', '\nExample:\n  warepulse rebuild inventory --config cloud.yaml')
  .action(async (projection, options) => (await import('./commands/rebuild.ts')).rebuild(projection, options, terminal))

program
  .command('series')
  .description('history of sensors and reads')
  .command('copy')
  .description('copy all of it between the embedded store and InfluxDB, and compare; the cloud must be stopped')
  .requiredOption('--from <store>', 'sqlite or influx')
  .requiredOption('--to <store>', 'influx or sqlite')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud; series.influx names the InfluxDB'))
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse series copy --from sqlite --to influx --config cloud.yaml')
  .action(async (options) => (await import('./commands/series.ts')).copy(options, terminal))

const config = program.command('config').description('check and print configuration files')
for (const [verb, description] of [
  ['check', 'tell every mistake with file, line and column; exit 3 if there is one'],
  ['print', 'the configuration as it is used: file, environment and defaults; secrets hidden'],
] as const) {
  config
    .command(`${verb} <file>`)
    .description(description)
    .option('--kind <kind>', 'cloud, edge or simulate; guessed from the content')
    .addHelpText('after', `\nExample:\n  warepulse config ${verb} edge.yaml`)
    .action(async (file, options) => (await import('./commands/config.ts')).config(verb, file, options, terminal))
}

const gateway = program.command('gateway').description('who may send: gateways and their secrets')
gateway
  .command('add <site> <gateway>')
  .description('make a gateway, and put its secret into a file, or print it, once')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--secret-file <file>', 'where the secret goes, readable by its owner alone; without it, to the terminal')
  .option('--replace', 'overwrite that file if it is there')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse gateway add harbour gw-north --secret-file gateway-secret')
  .action(async (site, id, options) => (await import('./commands/gateway.ts')).add(site, id, options, terminal))
gateway
  .command('revoke <site> <gateway>')
  .description('end its right to connect; a live session ends within 5 s')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .action(async (site, id, options) => (await import('./commands/gateway.ts')).revoke(site, id, options, terminal))
gateway
  .command('unfork <site> <gateway>')
  .description('take again from a gateway that was frozen because two senders used its identity')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .addHelpText('after', '\nExample:\n  warepulse gateway unfork harbour gw-north --config cloud.yaml')
  .action(async (site, id, options) => (await import('./commands/gateway.ts')).unfork(site, id, options, terminal))
gateway
  .command('rotate <site> <gateway>')
  .description('a new secret; the old one is good until the new one is used')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--secret-file <file>', 'where the secret goes, readable by its owner alone; without it, to the terminal')
  .option('--replace', 'overwrite that file if it is there')
  .option('--json', 'print one JSON object')
  .addHelpText(
    'after',
    '\nExample:\n  warepulse gateway rotate harbour gw-north --secret-file gateway-secret --replace',
  )
  .action(async (site, id, options) => (await import('./commands/gateway.ts')).rotate(site, id, options, terminal))
gateway
  .command('claim <cloud> <token>')
  .description('on the gateway: fetch its secret with the one-time token that the cloud gave')
  .addOption(new ConfigurationOption('edge', 'configuration of the gateway'))
  .addHelpText('after', '\nExample:\n  warepulse gateway claim https://board.example:8080 u3J… --config edge.yaml')
  .action(async (cloud, token, options) => (await import('./commands/claim.ts')).claim(cloud, token, options, terminal))
gateway
  .command('list')
  .description('all gateways that may connect')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print one JSON object')
  .action(async (options) => (await import('./commands/gateway.ts')).list(options, terminal))

const reader = program.command('reader').description('look at the readers of a gateway')
reader
  .command('watch')
  .description('what they read, live: tag, antenna, signal, reads a second; the gateway must be stopped')
  .addOption(new ConfigurationOption('edge', 'configuration of the gateway'))
  .option('--source <id...>', 'only these sources')
  .option('--json', 'one JSON object a reading; also where no terminal is')
  .addHelpText('after', '\nExample:\n  warepulse reader watch --config edge.yaml --source dock-4')
  .action(async (options) => (await import('./commands/reader.ts')).watch(options, terminal))

const quarantine = program.command('quarantine').description('records that could not be accepted, with their reasons')
quarantine
  .command('list')
  .description('what is in quarantine, and what a projection moved past')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--all', 'also what was replayed')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse quarantine list --config cloud.yaml')
  .action(async (options) => (await import('./commands/quarantine.ts')).list(options, terminal))
quarantine
  .command('show <id>')
  .description('one record as it came')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse quarantine show 1204.0 --config cloud.yaml')
  .action(async (id, options) => (await import('./commands/quarantine.ts')).show(id, options, terminal))
quarantine
  .command('replay [id]')
  .description('take in what this version can read, each once; the cloud must be stopped')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print counts as one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse quarantine replay --config cloud.yaml')
  .action(async (id, options) => (await import('./commands/quarantine.ts')).replay(id, options, terminal))

const rules = program.command('rules').description('the alert rules of a site as a file, on a running cloud')
for (const command of [
  rules
    .command('export')
    .description('write them as YAML, by id, defaults left out: the same rules are the same bytes')
    .requiredOption('--site <site>', 'whose rules')
    .option('--out <file>', 'where to; without it, to the terminal')
    .addHelpText(
      'after',
      '\nExample:\n  warepulse rules export --site harbour --token-file token.txt --out harbour-rules.yaml',
    )
    .action(async (options) => (await import('./commands/rules.ts')).exportRules(options, terminal)),
  rules
    .command('import <file>')
    .description('check every rule, tell which are new, changed and the same, and put them in force')
    .option('--dry-run', 'only tell')
    .option('--prune', 'remove the rules of the site that are not in the file')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  warepulse rules import harbour-rules.yaml --dry-run --token-file token.txt')
    .action(async (file, options) => (await import('./commands/rules.ts')).importRules(file, options, terminal)),
]) {
  command
    .requiredOption('--token-file <file>', 'holds an API token; to import, of a supervisor (`warepulse user token`)')
    .option('--url <url>', 'the cloud', 'http://127.0.0.1:8080')
    .option('--ca <file>', 'PEM of the authority of its certificate, if the system does not know it')
    .option('--allow-plaintext', 'send the token over a network in the clear')
}

const backup = program.command('backup').description('copy, check and put back everything that the cloud keeps')
backup
  .command('create <directory>')
  .description('copy everything into a new directory; the cloud may run')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse backup create /backups/2026-11-23 --config cloud.yaml')
  .action(async (directory, options) => (await import('./commands/backup.ts')).create(directory, options, terminal))
backup
  .command('verify <directory>')
  .description('read every byte of a backup; exit 1 if anything is wrong with it')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse backup verify /backups/2026-11-23')
  .action(async (directory, options) => (await import('./commands/backup.ts')).verify(directory, options, terminal))
backup
  .command('restore <directory>')
  .description('put a backup in place as a new server instance; the cloud must be stopped')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--replace', 'move what is there into a folder of its own')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse backup restore /backups/2026-11-23 --replace --config cloud.yaml')
  .action(async (directory, options) => (await import('./commands/backup.ts')).restore(directory, options, terminal))

const audit = program.command('audit').description('who did what, when and from where')
audit
  .command('list')
  .description('the newest entries')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--limit <number>', 'how many', wholeNumber, 50)
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse audit list --limit 20 --config cloud.yaml')
  .action(async (options) => (await import('./commands/audit.ts')).list(options, terminal))
audit
  .command('verify')
  .description('read the whole log; exit 1 if an entry was changed, removed or added')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--head <number:hash>', 'as an earlier verify told it: shows that the log was not written anew')
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExample:\n  warepulse audit verify --config cloud.yaml')
  .action(async (options) => (await import('./commands/audit.ts')).verify(options, terminal))

const user = program.command('user').description('who may look and act')
user
  .command('link')
  .description('print a new one-time sign-in link for the board')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .action(async (options) => (await import('./commands/user.ts')).link(options, terminal))
user
  .command('add <name>')
  .description('let somebody in, or change what they may do; prints a one-time sign-in link for them')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--role <role>', 'viewer, floor, supervisor, integrator or admin', 'viewer')
  .option('--site <site>', '* is every site', '*')
  .addHelpText('after', '\nExample:\n  warepulse user add mia --role supervisor --site harbour --config cloud.yaml')
  .action(async (name, options) => (await import('./commands/user.ts')).add(name, options, terminal))
user
  .command('remove <name>')
  .description('shut somebody out')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .action(async (name, options) => (await import('./commands/user.ts')).remove(name, options, terminal))
user
  .command('list')
  .description('who may sign in, and the API tokens in force')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--json', 'print one JSON object')
  .action(async (options) => (await import('./commands/user.ts')).list(options, terminal))
user
  .command('token <name>')
  .description('print a new API token, once')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .option('--role <role>', 'viewer, floor, supervisor, integrator or admin', 'viewer')
  .option('--site <site>', '* is every site', '*')
  .option('--days <number>', 'after which it ends; without it, when it is revoked', wholeNumber)
  .option('--token-file <file>', 'where the token goes, readable by its owner alone; without it, to the terminal')
  .option('--replace', 'overwrite that file if it is there')
  .addHelpText(
    'after',
    '\nExample:\n  warepulse user token erp --role viewer --site harbour --days 365 --config cloud.yaml',
  )
  .action(async (name, options) => (await import('./commands/user.ts')).token(name, options, terminal))
user
  .command('revoke-token <id>')
  .description('end an API token')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .action(async (id, options) => (await import('./commands/user.ts')).revokeToken(id, options, terminal))
user
  .command('wall <name>')
  .description('print the link of a new wall screen: read-only, for one site, in force until it is ended')
  .addOption(new ConfigurationOption('cloud', 'configuration of the cloud'))
  .requiredOption('--site <site>', 'the site that it shows')
  .addHelpText('after', '\nExample:\n  warepulse user wall dock-tv --site harbour --config cloud.yaml')
  .action(async (name, options) => (await import('./commands/user.ts')).wall(name, options, terminal))

try {
  await program.parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2
  else {
    tellFault(terminal, thrown)
    process.exitCode = exitCodeOf(thrown)
  }
}

function portNumber(text: string): number {
  const value = wholeNumber(text)
  if (value > 65_535) throw new InvalidArgumentError('Ports end at 65535.')
  return value
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('That is not a whole number.')
  return value
}
