// Writes a picture of a screen as a PNG of at most 256 colours: a screen has few, and the guide stays light.
import { deflateSync } from 'node:zlib';

const most = 256;

/** RGBA pixels to the bytes of a PNG with a palette. */
export function smallPng(pixels, width, height) {
  const keyOf = (at) => (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) {
    const key = keyOf(at);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // Colours carry meaning and are rare: they come before one more grey of the letters' edges.
  const worth = ([key, count]) => {
    const parts = [key >> 16, (key >> 8) & 255, key & 255];
    return count * (1 + Math.max(...parts) - Math.min(...parts));
  };
  const palette = [...counts]
    .sort((a, b) => worth(b) - worth(a))
    .slice(0, most)
    .map(([key]) => key);
  const index = new Map(palette.map((key, at) => [key, at]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const key = keyOf(4 * (y * width + x));
      if (!index.has(key)) index.set(key, nearest(palette, key));
      rows[y * (width + 1) + 1 + x] = index.get(key);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap((key) => [key >> 16, (key >> 8) & 255, key & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nearest(palette, key) {
  let best = 0;
  let least = Infinity;
  for (let at = 0; at < palette.length; at += 1) {
    const other = palette[at];
    const far =
      ((other >> 16) - (key >> 16)) ** 2 +
      (((other >> 8) & 255) - ((key >> 8) & 255)) ** 2 +
      ((other & 255) - (key & 255)) ** 2;
    if (far < least) {
      least = far;
      best = at;
    }
  }
  return best;
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.set(named, 4);
  out.writeUInt32BE(crc(named), data.length + 8);
  return out;
}

/** The checksum of PNG chunks (ISO 3309). */
function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
