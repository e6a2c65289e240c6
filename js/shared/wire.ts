/** A column of numbers on its way from the kernel: raw bytes, or base64 in an exported page. */
export interface Wire {
  dtype: string;
  shape: number[];
  data: ArrayBuffer | ArrayBufferView | string;
}

interface Arrays {
  f4: Float32Array;
  f8: Float64Array;
  i4: Int32Array;
  u1: Uint8Array;
}
type Dtype = keyof Arrays;

const WIDTH: Record<Dtype, number> = { f4: 4, f8: 8, i4: 4, u1: 1 };

/** Always a copy: a DataView may start at an offset that typed arrays refuse. */
function bytesOf(data: Wire['data']): Uint8Array<ArrayBuffer> {
  if (typeof data === 'string') {
    const text = atob(data);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  }
  return new Uint8Array(data).slice();
}

/** The numbers of a wire column; refuses any dtype or length but the expected one. */
export function decode<D extends Dtype>(wire: Wire, dtype: D): Arrays[D] {
  if (wire?.dtype !== dtype) {
    throw new Error(`expected a column of ${dtype}, got ${wire?.dtype ?? 'nothing'}`);
  }
  const bytes = bytesOf(wire.data);
  const length = wire.shape.reduce((product, size) => product * size, 1);
  if (bytes.byteLength !== length * WIDTH[dtype]) {
    throw new Error(
      `expected ${length} numbers of ${dtype} for shape [${wire.shape.join(', ')}], ` +
        `got ${bytes.byteLength} bytes`
    );
  }
  const { buffer } = bytes;
  const made: { [K in Dtype]: () => Arrays[K] } = {
    f4: () => new Float32Array(buffer),
    f8: () => new Float64Array(buffer),
    i4: () => new Int32Array(buffer),
    u1: () => bytes
  };
  return made[dtype]();
}
