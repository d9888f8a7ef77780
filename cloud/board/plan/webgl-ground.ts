import type { Ink } from '../core/raster.ts'
import { type Run, runsInSight, runsOf } from '../core/runs.ts'
import type { SlotCodes } from '../core/slot-codes.ts'
import { toMetres } from '../core/view.ts'
import type { Ground, GroundScene } from './ground.ts'

/** Set in the code of a zone, which lies under the slots and has the same shape. Bit 2: nothing of it is current. */
const zoneCode = 64
const silentCode = 4
const tableWidth = 512
/** Rectangles that are in or out of sight together; those of one rack stand together on the map. */
const runLength = 256
/** Two triangles. */
const corners = 6

// The geometry of `core/raster.ts`, for the card.
const vertexSource = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform vec3 view;
uniform vec2 size;
uniform float ratio;
uniform float gap;
uniform highp sampler2D rects;
uniform usampler2D codes;
flat out uint code;
flat out vec4 box;
out vec2 at;
void main() {
  int one = gl_VertexID / ${corners};
  int corner = gl_VertexID - one * ${corners};
  ivec2 entry = ivec2(one % ${tableWidth}, one / ${tableWidth});
  vec4 rect = texelFetch(rects, entry, 0);
  code = texelFetch(codes, entry, 0).r;
  float free = (code & ${zoneCode}u) != 0u ? 0.0 : gap;
  vec2 from = floor((rect.xy * view.x + view.yz) * ratio + free + 0.5);
  vec2 to = max(from + 1.0, floor(((rect.xy + rect.zw) * view.x + view.yz) * ratio - free + 0.5));
  box = vec4(from, to);
  bool isRight = corner == 1 || corner == 2 || corner == 4;
  bool isLow = corner == 2 || corner == 4 || corner == 5;
  at = mix(from, to, vec2(isRight ? 1.0 : 0.0, isLow ? 1.0 : 0.0));
  gl_Position = vec4(at / size * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0);
}`

const fragmentSource = `#version 300 es
precision highp float;
precision highp int;
flat in uint code;
flat in vec4 box;
in vec2 at;
uniform vec3 ground, edge, empty, occupied, outline, dots, hatch;
uniform vec3 steps[6];
uniform float line, dash, hatchStep, hatchLine;
out vec4 colour;
bool isWithin(vec2 pixel, float width) {
  return pixel.x < box.x + width || pixel.x >= box.z - width || pixel.y < box.y + width || pixel.y >= box.w - width;
}
void main() {
  vec2 pixel = floor(at);
  uint state = code & 3u;
  uint stepped = (code >> 3) & 7u;
  vec3 ink;
  if ((code & ${zoneCode}u) != 0u) {
    ink = isWithin(pixel, hatchLine) ? edge : ground;
  } else {
    ink = stepped > 0u ? steps[stepped] : state == 1u ? occupied : line == 0.0 && state != 2u ? empty : ground;
    float width = state == 2u ? max(1.0, line) : line;
    if (width > 0.0 && isWithin(pixel, width)) {
      if (state != 2u) ink = outline;
      else {
        bool isRow = pixel.y < box.y + width || pixel.y >= box.w - width;
        if (mod(floor((isRow ? pixel.x - box.x : pixel.y - box.y) / dash), 2.0) < 0.5) ink = dots;
      }
    }
  }
  if ((code & ${silentCode}u) != 0u && mod(pixel.x + pixel.y, hatchStep) < hatchLine) ink = mix(ink, hatch, 0.55);
  colour = vec4(ink, 1.0);
}`

/**
 * Zones and slots as two triangles each, in one draw for every run of them that is in sight. Where one lies and what it is
 * comes from two textures, looked up by the number of the vertex: drawn as instances a hundred thousand would take a
 * processor that pretends to be a card two seconds, since it begins anew for each. `null`: this browser has no WebGL 2, or
 * (`isFastOnly`) only a pretended one.
 */
export function openWebglGround(canvas: HTMLCanvasElement, isFastOnly: boolean, onLost: () => void): Ground | null {
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: isFastOnly,
  })
  if (gl === null) return null
  const program = programOf(gl)
  if (program === null) return null
  const places = new Map<string, WebGLUniformLocation | null>()
  const place = (name: string) => {
    if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name))
    return places.get(name) ?? null
  }
  gl.useProgram(program)
  // The last stays bound: only codes change while the plan stays.
  for (const [unit, name] of (['rects', 'codes'] as const).entries()) {
    gl.activeTexture(gl.TEXTURE0 + unit)
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture())
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST)
    gl.uniform1i(place(name), unit)
  }
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)

  const lost = (event: Event) => {
    event.preventDefault()
    onLost()
  }
  canvas.addEventListener('webglcontextlost', lost)
  let laid: Pick<GroundScene, 'plan' | 'zones'> | null = null
  let inked: Ink | null = null
  let held: SlotCodes = new Uint8Array()
  let runs: readonly Run[] = []

  function layOut({ plan, zones }: GroundScene): void {
    if (gl === null) return
    const count = zones.length + plan.slotRects.length / 4
    const rows = Math.max(1, Math.ceil(count / tableWidth))
    const all = new Float32Array(rows * tableWidth * 4)
    for (const [n, { x, y, width, depth }] of zones.entries()) all.set([x, y, width, depth], n * 4)
    all.set(plan.slotRects, zones.length * 4)
    runs = runsOf(all.subarray(0, count * 4), runLength)
    held = new Uint8Array(rows * tableWidth)
    gl.activeTexture(gl.TEXTURE0)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, tableWidth, rows, 0, gl.RGBA, gl.FLOAT, all)
    gl.activeTexture(gl.TEXTURE1)
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, tableWidth, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, held)
    laid = { plan, zones }
  }

  /** Sends the rows of the texture in which something changed. */
  function send({ zones, silentZones, codes }: GroundScene): void {
    let first = Number.POSITIVE_INFINITY
    let last = -1
    const put = (at: number, code: number) => {
      if (held[at] === code) return
      held[at] = code
      first = Math.min(first, at)
      last = at
    }
    for (const [n, { id }] of zones.entries()) put(n, zoneCode | (silentZones.has(id) ? silentCode : 0))
    for (let slot = 0; slot < codes.length; slot++) put(zones.length + slot, codes[slot] ?? 0)
    if (last < 0 || gl === null) return
    const from = Math.floor(first / tableWidth)
    const rows = Math.floor(last / tableWidth) - from + 1
    const part = held.subarray(from * tableWidth, (from + rows) * tableWidth)
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, from, tableWidth, rows, gl.RED_INTEGER, gl.UNSIGNED_BYTE, part)
  }

  function setInk(ink: Ink): void {
    if (gl === null) return
    for (const name of ['ground', 'edge', 'empty', 'occupied', 'outline', 'dots', 'hatch'] as const)
      gl.uniform3fv(place(name), channels(ink[name]))
    gl.uniform3fv(place('steps'), ink.steps.flatMap(channels))
    for (const name of ['line', 'gap', 'dash', 'hatchStep'] as const) gl.uniform1f(place(name), ink[name])
    gl.uniform1f(place('hatchLine'), Math.max(1, Math.round(ink.hatchStep / 8)))
    inked = ink
  }

  return {
    kind: 'webgl',
    paint(scene) {
      if (gl.isContextLost()) return
      const { view, ratio, ink } = scene
      if (laid?.plan !== scene.plan || laid.zones !== scene.zones) layOut(scene)
      send(scene)
      if (inked !== ink) setInk(ink)
      gl.viewport(0, 0, canvas.width, canvas.height)
      gl.uniform3f(place('view'), view.pixelsPerMetre, view.x, view.y)
      gl.uniform2f(place('size'), canvas.width, canvas.height)
      gl.uniform1f(place('ratio'), ratio)
      const [red = 0, green = 0, blue = 0] = channels(ink.background)
      gl.clearColor(red, green, blue, 1)
      gl.clear(gl.COLOR_BUFFER_BIT)
      const { x, y } = toMetres(view, { x: 0, y: 0 })
      const scale = view.pixelsPerMetre * ratio
      const window = { x, y, width: canvas.width / scale, height: canvas.height / scale }
      for (const { from, count } of runsInSight(runs, window))
        gl.drawArrays(gl.TRIANGLES, from * corners, count * corners)
    },
    close() {
      canvas.removeEventListener('webglcontextlost', lost)
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(kind)
    if (shader === null) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null
}

function channels(ink: number): number[] {
  return [ink & 0xff, (ink >>> 8) & 0xff, (ink >>> 16) & 0xff].map((channel) => channel / 255)
}
