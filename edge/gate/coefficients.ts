/** Written by `npm run fit:gate`, not by hand. */
export const coefficients = {
  passage: {
    motion: {
      bias: -0.16706,
      weights: [0.65238, 0.029317, -1.3469, 0.61813, 0.14285, 0.11499, -1.0142, -0.95195, 1.5186, 0.39813],
    },
    load: {
      bias: -11.402,
      weights: [
        5.6789, 0.52751, 2.4044, 0.095677, 0.27015, 0.12442, 0.75756, 3.5262, 2.2696, -0.7311, -0.70775, 1.9494,
      ],
    },
    together: {
      bias: 0.30282,
      weights: [0.58519, 0.56814, 0.72342],
    },
    direction: {
      bias: 0,
      weights: [-0.04313, 3.2068, 0.62224],
    },
    loadDirection: {
      bias: 0,
      weights: [2.8632, 3.8086, -2.15],
    },
    directionTogether: {
      bias: 0,
      weights: [0.62906, 0.78341],
    },
  },
  run: {
    motion: {
      bias: -5.0117,
      weights: [3.9762, 0, 7.0597, 0.2709, 0.26351, 0, 0, 0, 0, 0],
    },
    load: {
      bias: 0.21527,
      weights: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
    together: {
      bias: -0.24162,
      weights: [0.49313, 0, 0.86646],
    },
    direction: {
      bias: 0,
      weights: [1.4288, 1.7885, -0.9171],
    },
    loadDirection: {
      bias: 0,
      weights: [1.5275, 2.1149, -2.3694],
    },
    directionTogether: {
      bias: 0,
      weights: [0.50143, 0.57971],
    },
  },
}
