/** How big a warehouse is built. Slots = halls × rows × bays × levels. */
export interface WarehouseSize {
  /** One gateway each. */
  readonly halls: 1 | 2
  readonly rowsPerHall: number
  readonly baysPerRow: number
  readonly levels: number
  /** Bays of every row of the last hall that stand in the cold room. */
  readonly coldBays: number
  readonly gates: number
  /** Without them, gates and cold room speak MQTT like everything else: for machines that cannot have a pty. */
  readonly serialLines: boolean
  /** The last so many gates have a serial reader with one antenna and receive only; the others see both directions. */
  readonly serialGates: number
  /** The first so many gates have a reader that speaks LLRP. */
  readonly llrpGates: number
  /** In the cold room, on one Modbus line. */
  readonly coldSensors: number
  readonly zigbeeSensors: number
  /** Tagged items on the site at the start. */
  readonly items: number
  /** Tagged items on their way at the start; with those that left, the supply of inbound pallets. */
  readonly expectedItems: number
}

export const warehouseSizes = {
  /** 48 slots, 1 gate, 4 sensors, 100 items: for tests. */
  small: {
    halls: 1,
    rowsPerHall: 2,
    baysPerRow: 6,
    levels: 4,
    coldBays: 2,
    gates: 1,
    serialLines: true,
    serialGates: 0,
    llrpGates: 0,
    coldSensors: 2,
    zigbeeSensors: 2,
    items: 100,
    expectedItems: 30,
  },
  /** 2,400 slots, 4 gates, 30 sensors, 9,000 items. */
  demo: {
    halls: 2,
    rowsPerHall: 10,
    baysPerRow: 30,
    levels: 4,
    coldBays: 6,
    gates: 4,
    serialLines: true,
    serialGates: 1,
    llrpGates: 1,
    coldSensors: 4,
    zigbeeSensors: 26,
    items: 9_000,
    expectedItems: 600,
  },
  /** 100,000 slots. */
  huge: {
    halls: 2,
    rowsPerHall: 100,
    baysPerRow: 100,
    levels: 5,
    coldBays: 10,
    gates: 20,
    serialLines: true,
    serialGates: 2,
    llrpGates: 2,
    coldSensors: 20,
    zigbeeSensors: 480,
    items: 300_000,
    expectedItems: 5_000,
  },
} as const satisfies Record<string, WarehouseSize>

export type WarehouseSizeName = keyof typeof warehouseSizes
