import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeIdx } from "../../src/data/idx.js";
import { downloadFile } from "../../src/node/download.js";
import { loadFashionMnist } from "../../src/node/fashion-mnist.js";

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  vi.stubEnv("NEXTSCALE_DATA", undefined);
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((listening) => server!.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const installed = existsSync("/usr/share/datasets/fashion-mnist");

test.skipIf(!installed)("Fashion-MNIST from the Debian package (needs dataset-fashion-mnist)", async () => {
  const { count, classes, labels } = await loadFashionMnist("test");
  expect([count, classes[9]]).toEqual([10_000, "ankle boot"]);
  for (let label = 0; label < 10; label++) expect(labels!.filter((value) => value === label)).toHaveLength(1000);
});

test("Fashion-MNIST from NEXTSCALE_DATA", async () => {
  vi.stubEnv("NEXTSCALE_DATA", folder);
  mkdirSync(join(folder, "fashion-mnist"));
  writeFileSync(
    join(folder, "fashion-mnist", "train-images-idx3-ubyte.gz"),
    gzipSync(writeIdx([1, 1, 2], Uint8Array.of(3, 4))),
  );
  writeFileSync(join(folder, "fashion-mnist", "train-labels-idx1-ubyte.gz"), gzipSync(writeIdx([1], Uint8Array.of(8))));
  expect(await loadFashionMnist("train")).toMatchObject({
    name: "fashion-mnist/train",
    count: 1,
    labels: Uint8Array.of(8),
  });
});

test.skipIf(installed)(
  "without it the error names every place and every remedy, and nothing is downloaded",
  async () => {
    const error = await loadFashionMnist("test").catch((caught: Error) => caught.message.replaceAll(folder, "HOME"));
    expect(error).toMatchInlineSnapshot(
      `"images/loadFashionMnist: expected t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or .gz) in one of /usr/share/datasets/fashion-mnist, HOME/cache/nextscale/fashion-mnist, got none of them; install the Debian package dataset-fashion-mnist, or put the files of https://github.com/zalandoresearch/fashion-mnist into HOME/cache/nextscale/fashion-mnist, or into a folder fashion-mnist of a folder that the environment variable NEXTSCALE_DATA names"`,
    );
  },
);

test.skipIf(installed)("content that is not Fashion-MNIST is not kept", async () => {
  const url = await serve((_, response) => response.end(gzipSync(writeIdx([1, 1, 2], Uint8Array.of(3, 4)))));
  await expect(loadFashionMnist("test", { downloadFrom: url })).rejects.toMatchObject({ code: "invalid-data" });
  expect(existsSync(join(folder, "cache"))).toBe(false);
});

const content = new TextEncoder().encode("what was asked for");
const wanted = { sha256: createHash("sha256").update(content).digest("hex"), bytes: content.length };

test("a download is unpacked, checked and put in place whole", async () => {
  const requests: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    requests.push(request.url);
    response.end(request.url === "/packed" ? gzipSync(content) : content);
  });
  for (const name of ["plain", "packed"]) {
    const path = join(folder, "cache", name);
    await downloadFile({ url: `${url}/${name}`, ...wanted, path });
    expect(readFileSync(path)).toEqual(Buffer.from(content));
  }
  expect(requests).toEqual(["/plain", "/packed"]);
});

test("a download that fails leaves nothing: wrong content, a bomb, an error page, endless data, no server", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/wrong") response.end("something else");
    else if (request.url === "/bomb") response.end(gzipSync(new Uint8Array(1_000_000)));
    else if (request.url === "/endless") response.end(new Uint8Array(1_000_000));
    else response.writeHead(404).end("no");
  });
  const path = join(folder, "file");
  const failsWith = (address: string, code: string) =>
    expect(downloadFile({ url: address, ...wanted, path })).rejects.toMatchObject({ code });
  await failsWith(`${url}/wrong`, "invalid-data");
  await failsWith(`${url}/bomb`, "invalid-data");
  await failsWith(`${url}/endless`, "missing-data");
  await failsWith(`${url}/absent`, "missing-data");
  await failsWith("http://127.0.0.1:1/", "missing-data");
  await failsWith("not an address", "missing-data");
  expect(readdirSync(folder)).toEqual([]);
});

test("a server that stops answering, and a caller that has waited enough, end a download", async () => {
  const url = await serve((_, response) => response.write("the first bytes"));
  const path = join(folder, "file");
  const download = { url, ...wanted, path };
  await expect(downloadFile({ ...download, timeoutMs: 50 })).rejects.toMatchObject({ code: "missing-data" });
  const signal = AbortSignal.timeout(50);
  await expect(downloadFile({ ...download, signal })).rejects.toMatchObject({ code: "missing-data" });
  expect(readdirSync(folder)).toEqual([]);
}, 5000);
