/** Cells of the table that aligns the differing lines: 16 MiB, and more than a person reads. */
const MAX_TABLE_CELLS = 4_194_304;

/** One line of a comparison: only in the left text, only in the right one, or in both. */
export interface DiffLine {
  /** Where the line is found. */
  readonly side: "left" | "right" | "both";
  /** The line itself. */
  readonly text: string;
}

/** Compares two texts line by line, along a longest common subsequence; left lines come first. */
export function diffLines(left: readonly string[], right: readonly string[]): DiffLine[] {
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;

  const leftMiddle = left.slice(head, left.length - tail);
  const rightMiddle = right.slice(head, right.length - tail);
  return [
    ...linesOf("both", left.slice(0, head)),
    ...alignLines(leftMiddle, rightMiddle),
    ...linesOf("both", left.slice(left.length - tail)),
  ];
}

function alignLines(left: readonly string[], right: readonly string[]): DiffLine[] {
  const width = right.length + 1;
  // Too large a table would stall the test: then no line in between is paired.
  if ((left.length + 1) * width > MAX_TABLE_CELLS) {
    return [...linesOf("left", left), ...linesOf("right", right)];
  }
  const common = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      lines.push({ side: "both", text: left[row]! });
      row++;
      column++;
    } else if (common[(row + 1) * width + column]! >= common[row * width + column + 1]!) {
      lines.push({ side: "left", text: left[row++]! });
    } else lines.push({ side: "right", text: right[column++]! });
  }
  return [
    ...lines,
    ...linesOf("left", left.slice(row)),
    ...linesOf("right", right.slice(column)),
  ];
}

/** Length of the longest common subsequence of every pair of tails, row by row. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      const at = row * width + column;
      lengths[at] = left[row] === right[column]
        ? lengths[at + width + 1]! + 1
        : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  return lengths;
}

function linesOf(side: DiffLine["side"], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ side, text }));
}
