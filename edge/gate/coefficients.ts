/** Written by `npm run fit:gate`, not by hand. */
export const coefficients = {
  passage: {
    motion: {
      bias: -0.11729,
      weights: [0.65915, -0.019904, -1.0625, 0.56563, 0.15173, 0.11368, -0.9644, -1.0998, 1.4313, 0.39967],
    },
    load: {
      bias: -13.307,
      weights: [0.54332, 1.4554, 2.037, 0.045357, 0.30412, 0.11192, 0.62605, 5.3762, 2.1011, -0.99831, -0.733, 2.388],
    },
    together: {
      bias: 0.44127,
      weights: [0.55314, 0.57786, 0.80431],
    },
    direction: {
      bias: 0,
      weights: [0.043671, 2.9615, 0.48172],
    },
    loadDirection: {
      bias: 0,
      weights: [3.1262, 3.5703, -2.5138],
    },
    directionTogether: {
      bias: 0,
      weights: [0.58146, 0.7838],
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
