/**
 * Micro-benchmarks of the codecs: `deno bench tests/bench`. What is timed is checked once before.
 *
 * @module
 */
