import { CholeskyDecomposition, Matrix, solve } from "ml-matrix";

/** Rows of features. */
export type Rows = readonly Float64Array[];

/** Newton's method doubles the digits at each step once it is near; the objective is convex. */
const STEPS = 25;
const CONVERGED = 1e-8;

/** Steps are halved at most this often; then rounding is all that is left. */
const HALVINGS = 30;

/**
 * Logistic regression with the penalty ½‖w‖² + Σ loss, intercept free: scikit-learn's default. Newton's method with halved steps.
 *
 * @param rows features of each item, [items, features]
 * @param labels whether each item is of the class whose probability is wanted
 * @returns the log-odds of a row
 */
export function fitLogistic(rows: Rows, labels: readonly boolean[]): (row: Float64Array) => number {
  const features = rows[0]!.length;
  let weights = new Float64Array(features + 1);
  let loss = objective(rows, labels, weights);
  for (let step = 0; step < STEPS; step++) {
    const direction = newtonDirection(rows, labels, weights);
    let [scale, found] = [1, false];
    for (let halving = 0; !found && halving < HALVINGS; halving++, scale /= 2) {
      const next = weights.map((weight, k) => weight - scale * direction[k]!);
      const nextLoss = objective(rows, labels, next);
      if (nextLoss > loss) continue;
      found = true;
      if (loss - nextLoss < CONVERGED) step = STEPS;
      [weights, loss] = [next, nextLoss];
    }
    if (!found) break;
  }
  return (row) => logOdds(row, weights);
}

/** ln(1 + eˣ) without overflow: the loss of log-odds x for an item of the other class. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

function logOdds(row: Float64Array, weights: Float64Array): number {
  let sum = weights[row.length]!;
  for (let k = 0; k < row.length; k++) sum += weights[k]! * row[k]!;
  return sum;
}

function objective(rows: Rows, labels: readonly boolean[], weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length - 1; k++) sum += weights[k]! ** 2 / 2;
  rows.forEach((row, i) => {
    const odds = logOdds(row, weights);
    sum += softplus(labels[i]! ? -odds : odds);
  });
  return sum;
}

/** H⁻¹ g of the objective. */
function newtonDirection(rows: Rows, labels: readonly boolean[], weights: Float64Array): readonly number[] {
  const size = weights.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  for (let k = 0; k < size - 1; k++) {
    gradient[k] = weights[k]!;
    hessian[k * size + k] = 1;
  }
  // The intercept has no penalty, and no curvature where the fit is certain.
  hessian[size * size - 1] = 1e-9;
  const extended = new Float64Array(size).fill(1);
  rows.forEach((row, i) => {
    const probability = 1 / (1 + Math.exp(-logOdds(row, weights)));
    const [error, curvature] = [probability - (labels[i]! ? 1 : 0), probability * (1 - probability)];
    extended.set(row);
    for (let j = 0; j < size; j++) {
      gradient[j]! += error * extended[j]!;
      const scaled = curvature * extended[j]!;
      if (scaled !== 0) for (let k = 0; k <= j; k++) hessian[j * size + k]! += scaled * extended[k]!;
    }
  });
  // Both halves to the last bit: Cholesky's method insists on it.
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) hessian[k * size + j] = hessian[j * size + k]!;
  const matrix = Matrix.from1DArray(size, size, hessian);
  const right = Matrix.columnVector(gradient);
  const cholesky = new CholeskyDecomposition(matrix);
  return (cholesky.isPositiveDefinite() ? cholesky.solve(right) : solve(matrix, right)).to1DArray();
}
