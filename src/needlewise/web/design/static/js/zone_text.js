// Zones and stretch marks as text: one a line, points as shares of width and height. The server reads the same.

const DIGITS = 4;
const STRIPE = /^(.+?)\s+stripe\b\s*(\S*?)\s*(?:mm)?$/i;

const head = (one) => (one.stripe ? `${one.name} stripe${one.width ? ` ${one.width} mm` : ""}` : one.name);

export const format = (zones) =>
  zones.filter((one) => one.points.length).map((one) => `${head(one)}: ${one.points.map(([x, y]) => `${+x.toFixed(DIGITS)} ${+y.toFixed(DIGITS)}`).join(", ")}`).join("\n");

// Null for what cannot be drawn.
export function parse(text) {
  const zones = [];
  for (const line of text.split("\n").filter((one) => one.trim())) {
    const at = line.lastIndexOf(":");
    const points = line.slice(at + 1).split(",").filter((pair) => pair.trim()).map((pair) => pair.trim().split(/\s+/).map(Number));
    if (at < 1 || points.some((point) => point.length !== 2 || point.some((one) => !(one >= 0 && one <= 1)))) return null;
    const name = line.slice(0, at).trim();
    const stripe = STRIPE.exec(name);
    zones.push(stripe ? { name: stripe[1], points, stripe: true, width: stripe[2] } : { name, points });
  }
  return zones;
}
