/**
 * Micro-benchmarks of the codecs: `deno bench tests/bench`. What is timed is checked once before.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ByteBuffer } from "../../lib/codec/byte_buffer.ts";
import { equalBytes } from "../../lib/codec/bytes.ts";
