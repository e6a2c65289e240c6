/** The teacher's logits, made ready once so that every temperature costs one pass. */
export interface Logits {
  n: number;
  k: number;
  /** Each row less its largest logit: no exponential can overflow, however large the logits. */
  shifted: Float64Array;
  /** The class that comes second in each row; the order does not change with temperature. */
  second: Int32Array;
}

export function prepare(values: ArrayLike<number>, n: number, k: number): Logits {
  const shifted = new Float64Array(n * k);
  const second = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const at = i * k;
    let top = 0;
    let next = -1;
    for (let j = 1; j < k; j++) {
      if (values[at + j] > values[at + top]) {
        next = top;
        top = j;
      } else if (next < 0 || values[at + j] > values[at + next]) {
        next = j;
      }
    }
    for (let j = 0; j < k; j++) shifted[at + j] = values[at + j] - values[at + top];
    second[i] = Math.max(next, 0);
  }
  return { n, k, shifted, second };
}

/** softmax(logits / T) of one row, whose largest logit is 0, written to `out`. */
export function softenRow(
  { k, shifted }: { k: number; shifted: ArrayLike<number> },
  row: number,
  temperature: number,
  out: Float64Array
): void {
  const at = row * k;
  let sum = 0;
  for (let j = 0; j < k; j++) {
    const e = Math.exp(shifted[at + j] / temperature);
    out[j] = e;
    sum += e;
  }
  for (let j = 0; j < k; j++) out[j] /= sum;
}

export interface Average {
  /** Mean over the rows of the entropy in nats. */
  entropy: number;
  /** Mean over the rows of the share that the second class gets. */
  second: number;
}

/**
 * Means of softmax(logits / T) over all rows: the class shares go to `mean`, the rest is returned
 * in `into`. `scratch` holds one row of exponentials; nothing is allocated.
 */
export function softenAll(
  logits: Logits,
  temperature: number,
  mean: Float64Array,
  scratch: Float64Array,
  into: Average
): void {
  const { n, k, shifted, second } = logits;
  const inverse = 1 / temperature;
  mean.fill(0);
  let entropy = 0;
  let seconds = 0;
  for (let i = 0, at = 0; i < n; i++, at += k) {
    let sum = 0;
    let weighted = 0;
    for (let j = 0; j < k; j++) {
      const z = shifted[at + j] * inverse;
      const e = Math.exp(z);
      scratch[j] = e;
      sum += e;
      // below this the exponential is 0 and 0 * -Infinity must not spoil the sum
      if (e > 0) weighted += e * z;
    }
    const share = 1 / sum;
    for (let j = 0; j < k; j++) mean[j] += scratch[j] * share;
    seconds += scratch[second[i]] * share;
    entropy += Math.log(sum) - weighted * share;
  }
  const per = n > 0 ? 1 / n : 0;
  for (let j = 0; j < k; j++) mean[j] *= per;
  into.entropy = entropy * per;
  into.second = seconds * per;
}
