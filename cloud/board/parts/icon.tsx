/** Line icons on a 24 grid, drawn here so that no font and no foreign file is needed. */
const paths = {
  floor: 'M3 5h18v14H3zM3 12h18M9 5v14M15 5v7',
  find: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21',
  alerts: 'M12 3.5 22 20.5H2zM12 10v5M12 17.6v.4',
  shipments:
    'M2.5 6h12v10h-12zM14.5 9.5h4l3 3V16h-7M7 16a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM17.5 16a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
  sensors: 'M10 4.5a2 2 0 0 1 4 0v9a4 4 0 1 1-4 0zM12 9v8',
  gateways: 'M4 13h16v6H4zM8 16h.01M12 16h4M12 13V9M8.5 8a5 5 0 0 1 7 0M6 5.2a8.7 8.7 0 0 1 12 0',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  scan: 'M4 8V4h4M20 8V4h-4M4 16v4h4M20 16v4h-4M8 9v6M11 9v6M13.5 9v6M16 9v6',
  system: 'M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01M11 8h6M11 16h6',
  wall: 'M3 4.5h18v12H3zM8 20h8M12 16.5V20',
  table: 'M3 5h18v14H3zM3 10h18M3 14.5h18M9 10v9',
  close: 'M6 6l12 12M18 6 6 18',
  auto: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z',
  light:
    'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  language: 'M3 6h10M8 3.5V6M11 6c-.8 4-3.6 7-7.5 8.5M5.5 8.5c1 2.6 3.3 4.8 6 5.8M12.5 20.5l4-10 4 10M14 17h5',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  help: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 16.4v.3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  slot: 'M4 6h16v12H4z',
  sku: 'M4 5v14M7 5v14M10 5v14M14 5v14M16.5 5v14M20 5v14',
  item: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  gate: 'M5 20V4h14v16M9 20V8h6v12',
  zone: 'M4 4h5M4 4v5M20 4h-5M20 4v5M4 20h5M4 20v-5M20 20h-5M20 20v-5',
  down: 'M6 9l6 6 6-6',
  history: 'M12 3.5a8.5 8.5 0 1 1-8 5.7M4 4v5h5M12 7.5V12l3 2',
} as const
export type IconName = keyof typeof paths

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
      {name === 'auto' && <path class="icon-half" d="M12 3.5a8.5 8.5 0 0 1 0 17z" />}
    </svg>
  )
}

export function IconButton({
  icon,
  label,
  onClick,
  pressed,
}: {
  readonly icon: IconName
  readonly label: string
  readonly onClick: () => void
  readonly pressed?: boolean
}) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} aria-pressed={pressed} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}
