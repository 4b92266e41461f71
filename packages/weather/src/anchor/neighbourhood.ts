import type { Grid, GridKind } from "../grid/grid.js";

/** Cells around a cell that a local regression reads. Both are odd. */
export interface Neighbourhood {
  readonly rows: number;
  readonly columns: number;
}

/** What of a grid tells which cells are neighbours. */
export type Cells = Pick<Grid, "kind" | "latitudes" | "longitudes" | "periodic">;

/**
 * For each row of a neighbourhood and each cell of a grid the cells of that row around it, [rows][cells * columns], as positions
 * in a field. Round the globe along longitude; beyond a pole the next row is the same one on the opposite meridian. At the
 * border of a region the outermost cells are repeated.
 */
export function neighbours(grid: Cells, { rows, columns }: Neighbourhood): readonly Int32Array[] {
  const [height, width] = [grid.latitudes.length, grid.longitudes.length];
  const cells = Array.from({ length: height * width }, (_, cell) => [Math.floor(cell / width), cell % width] as const);
  const columnOffsets = Array.from({ length: columns }, (_, i) => i - (columns - 1) / 2);
  return Array.from({ length: rows }, (_, i) => {
    const around = cells.flatMap(([row, column]) => {
      const { y, opposite } = rowAt(row + i - (rows - 1) / 2, height, grid.kind);
      return columnOffsets.map((dx) => y * width + columnAt(column + dx + (opposite ? width / 2 : 0), width, grid.periodic)); // prettier-ignore
    });
    return Int32Array.from(around);
  });
}

function rowAt(row: number, height: number, kind: GridKind): { readonly y: number; readonly opposite: boolean } {
  const inside = Math.min(height - 1, Math.max(0, row));
  if (kind === "regional" || inside === row) return { y: inside, opposite: false };
  // A row at the pole itself is not repeated beyond it.
  const repeated = kind === "equiangular-with-poles" ? 0 : 1;
  return { y: row < 0 ? -row - repeated : 2 * (height - 1) - row + repeated, opposite: true };
}

function columnAt(column: number, width: number, periodic: boolean): number {
  return periodic ? ((column % width) + width) % width : Math.min(width - 1, Math.max(0, column));
}
