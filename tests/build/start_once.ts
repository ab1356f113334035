/**
 * Starts a product with `--version`. A process of its own, because Deno lets nobody who may start a file
 * replace or remove it: what builds the product must not be what is allowed to start it.
 *
 * @module
 */
const [product = ""] = Deno.args;
const { code } = await new Deno.Command(product, { args: ["--version"], stdin: "null" }).spawn()
  .status;
Deno.exit(code);
