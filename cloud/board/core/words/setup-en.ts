/** What the setup says in English; apart from the rest, because it is needed once. */
const pick = (n: number, one: string, many: string) => (n === 1 ? one : many)

export const setupEn = {
  title: 'Set up this warehouse',
  intro: 'Six steps. Each can be left and taken up again later; what is done stays done.',
  hidden: 'Integrators and administrators set up a site.',
  progress: (done: string, all: string) => `${done} of ${all} steps done`,
  stepNames: {
    password: 'Your password',
    site: 'Name, time zone and racks',
    gateway: 'First gateway',
    reader: 'First reader',
    rule: 'First rule',
    wall: 'Wall screen',
  },
  stepDone: 'done',
  open: 'Open',
  openStep: (step: string) => `Open: ${step}`,
  skip: 'Later',
  next: 'Next',
  language: 'Language',

  passwordWhy: (name: string) =>
    `You came in by a link that works once. With a password you come back as “${name}”, from any screen.`,

  begin: 'How do you begin?',
  beginWays: {
    pattern: 'With racks by a pattern; they can be changed later',
    own: 'With an empty floor: I draw the racks, or bring a spreadsheet (CSV)',
    demo: 'I only want to look: a warehouse with demo data',
  },
  floorWidth: 'Width of the floor, m',
  floorDepth: 'Depth of the floor, m',
  notASize: 'From 1 to 10,000 metres.',
  beginDemo:
    'On your own computer this shows a warehouse in motion, with data of its own; nothing of it comes into this one.',
  siteName: 'Name of the site',
  siteId: 'Short name, for addresses and files',
  siteIdHint: 'Letters, digits, “-”, “_” and “.”; it stays for ever.',
  timeZone: 'Time zone',
  aisles: 'Aisles',
  racks: 'Racks on each side of an aisle',
  levels: 'Levels of a rack',
  positions: 'Places on a level',
  dock: 'Dock',
  zoneRacks: 'Racks',
  slotCount: (n: number, count: string) =>
    `${count} ${pick(n, 'slot', 'slots')}, such as 01-L01-0-1. They can be changed at any time.`,
  tooMany: (most: string) => `A map holds ${most} slots at most.`,
  notACount: 'Whole numbers, one at least; 99 levels at most.',
  notAZone: 'There is no such time zone.',
  siteMake: 'Make the site',
  siteMakeOwn: 'Make the site and go to its map',
  siteMaking: 'It is made; the plan comes in a moment …',
  siteIs: (name: string, zone: string, slots: string) => `${name} · ${zone} · ${slots} slots`,

  gatewayIntro: 'A gateway is the small computer beside the readers. It keeps what it reads while the network is away.',
  gatewayName: 'Name of the gateway',
  gatewayMake: 'Make a claim token',
  gatewayFile: 'On the gateway, save this as edge.yaml. Mend address and port if your broker is somewhere else.',
  gatewayCommand: 'Then paste this. The token works once, for a day.',
  gatewayWaiting: (gateway: string) => `Waiting for ${gateway} to say hello …`,
  gatewayHere: (gateway: string, version: string) => `${gateway} is here, version ${version}.`,

  readerIntro: 'Add the reader to edge.yaml in place of “sources: []”, and start the gateway again.',
  readerHost: 'Address of the reader',
  readerName: 'Name of the reader',
  readerNone: 'No reader has shown up yet. This page sees it by itself.',
  readerOn: (device: string, gateway: string) => `${device} on ${gateway}`,
  readerUp: 'reads',
  readerNotUp: 'does not answer',
  readerWhere: 'Where it hangs',
  readerKind: 'What it watches',
  readerKinds: { gate: 'a gate: goods pass it', zone: 'a zone: goods stay there' },
  readerAntennas: 'Antennas',
  readerPlace: 'Put it on the map',
  readerPlaced: 'It is on the map.',
  tags: 'Tags that it sees',

  ruleIntro: (n: number, count: string) =>
    `${count} ${pick(n, 'rule is', 'rules are')} in force already, for gateways, readers and sensors that fall silent. One on a temperature:`,
  ruleLimit: 'Rings above (°C)',
  ruleToDo: 'What to do',
  ruleName: 'Too warm',
  ruleSave: 'Put it in force',
  ruleAll: 'All rules',
  ruleDone: 'A rule of your own is in force.',

  wallIntro: 'The link opens the board on a screen on the wall: big letters, no controls, no sign-in.',
  wallMake: 'Make a link',
  wallAll: 'Screens of other sizes',
  wallDone: (n: number, count: string) => `${count} ${pick(n, 'screen has', 'screens have')} a link.`,
  allDone: 'All is set up.',
  toFloor: 'To the floor',
}

export type SetupWords = typeof setupEn
