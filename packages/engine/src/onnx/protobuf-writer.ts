const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const WIRE_FIXED32 = 5;

/** Byte fields up to this size are cheaper to copy than to keep. */
const SMALL = 64;
/** Messages beyond this size are kept rather than copied into the one around them. */
const LARGE = 4096;

const utf8 = new TextEncoder();
/** Nearly all names: encoding them by hand spares a call into native code for each. */
// eslint-disable-next-line no-control-regex -- the class is ASCII as a whole
const ASCII = /^[\x00-\x7f]*$/;
const float = new DataView(new ArrayBuffer(4));

/**
 * Writes one protobuf message (https://protobuf.dev/programming-guides/encoding/).
 *
 * Large byte fields and nested messages are kept by reference until `finish`, so every byte is copied once.
 */
export class ProtobufWriter {
  readonly #chunks: Uint8Array[] = [];
  #small: number[] = [];
  #flushed = 0;

  /** An int64 field. @param value a safe integer */
  int(field: number, value: number): void {
    this.#tag(field, WIRE_VARINT);
    this.#varint(value);
  }

  /** A float field. */
  float(field: number, value: number): void {
    this.#tag(field, WIRE_FIXED32);
    float.setFloat32(0, value, true);
    for (let i = 0; i < 4; i++) this.#small.push(float.getUint8(i));
  }

  /** A string field. */
  string(field: number, text: string): void {
    if (!ASCII.test(text)) {
      this.bytes(field, utf8.encode(text));
      return;
    }
    this.#tag(field, WIRE_LENGTH);
    this.#varint(text.length);
    for (let i = 0; i < text.length; i++) this.#small.push(text.charCodeAt(i));
  }

  /** A bytes field. The array must not change before `finish`. */
  bytes(field: number, data: Uint8Array): void {
    this.#tag(field, WIRE_LENGTH);
    this.#varint(data.length);
    this.#append(data);
  }

  /** A nested message, complete by now. */
  message(field: number, message: ProtobufWriter): void {
    this.#tag(field, WIRE_LENGTH);
    this.#varint(message.#flushed + message.#small.length);
    if (message.#small.length > LARGE) message.#flush();
    for (const chunk of message.#chunks) this.#append(chunk);
    for (const byte of message.#small) this.#small.push(byte);
  }

  /** The whole message. */
  finish(): Uint8Array {
    this.#flush();
    const out = new Uint8Array(this.#flushed);
    let offset = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, offset);
      offset += chunk.length;
    }
    return out;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  /** Negative numbers are written as their 64-bit two's complement, ten bytes, as int64 wants. */
  #varint(value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error(`internal: ${value} is no protobuf integer`);
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.#small.push(Number(rest & 127n) | 128);
      this.#small.push(Number(rest));
      return;
    }
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#small.push((rest % 128) | 128);
    this.#small.push(rest);
  }

  #append(data: Uint8Array): void {
    if (data.length <= SMALL) {
      for (const byte of data) this.#small.push(byte);
      return;
    }
    this.#flush();
    this.#chunks.push(data);
    this.#flushed += data.length;
  }

  #flush(): void {
    if (this.#small.length === 0) return;
    this.#flushed += this.#small.length;
    this.#chunks.push(new Uint8Array(this.#small));
    this.#small = [];
  }
}
