/** Centres of the tokens of one grid: degrees north and east. */
export interface TokenGrid {
  readonly latitudes: ArrayLike<number>;
  readonly longitudes: ArrayLike<number>;
}

/** Numbers that describe a displacement; see `displacements`. */
export const DISPLACEMENT_FEATURES = 6;

/** Which of them is the distance squared. */
export const DISTANCE_SQUARED = 3;

/** Unit of length of the features, in Earth radii: 2,500 km, the size of a cyclone. */
const UNIT = 2500 / 6371;

const RADIANS = Math.PI / 180;

/**
 * How tokens lie to each other, for attention: east, north, east squared, distance squared, east times north, distance, from
 * each token to each, [n, n, 6] in units of 2,500 km. East and north are along the tangent plane of the first token,
 * the distance is the chord's, so there is no seam at the date line and none at the poles. A softmax of a sum of them is a
 * Gaussian about a point upwind, if a head so wishes.
 *
 * @param grid tokens along the meridians, as `toTokens` orders them
 */
export function displacements({ latitudes, longitudes }: TokenGrid): Float32Array {
  const places = Array.from(longitudes, (longitude) =>
    Array.from(latitudes, (latitude) => frame(latitude * RADIANS, longitude * RADIANS)),
  ).flat();
  const features = new Float32Array(places.length ** 2 * DISPLACEMENT_FEATURES);
  places.forEach((from, i) => {
    places.forEach((to, j) => {
      const step = to.up.map((value, axis) => (value - from.up[axis]!) / UNIT);
      const [east, north, square] = [dot(step, from.east), dot(step, from.north), dot(step, step)];
      features.set(
        [east, north, east * east, square, east * north, Math.sqrt(square)],
        (i * places.length + j) * DISPLACEMENT_FEATURES,
      );
    });
  });
  return features;
}

/** Length of so many degrees of a meridian, in the unit of the features. */
export function distanceOf(degrees: number): number {
  return (degrees * RADIANS) / UNIT;
}

type Vector = readonly number[];

/** The place on the unit sphere and the directions of its tangent plane. */
function frame(
  latitude: number,
  longitude: number,
): { readonly up: Vector; readonly east: Vector; readonly north: Vector } {
  const [sin, cos] = [Math.sin(latitude), Math.cos(latitude)];
  const [x, y] = [Math.cos(longitude), Math.sin(longitude)];
  return { up: [cos * x, cos * y, sin], east: [-y, x, 0], north: [-sin * x, -sin * y, cos] };
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
