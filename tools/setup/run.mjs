import { spawn } from "node:child_process";

/**
 * Runs a program with its output shown, and kept: `stdout` alone, and `output` with both streams as they came.
 *
 * @param {string} root working folder
 * @param {string} command
 * @param {string[]} args
 * @param {{ shell?: boolean, quiet?: boolean }} [options] quiet: keep the output, show none of it
 * @returns {Promise<{ status: number, stdout: string, output: string }>}
 */
export function run(root, command, args, { shell = false, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell, stdio: ["inherit", "pipe", "pipe"] });
    let stdout = "";
    let output = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      output += chunk;
      if (!quiet) process.stdout.write(chunk);
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
      if (!quiet) process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status: status === null ? 1 : status, stdout, output }));
  });
}

/**
 * Runs a program on this terminal, as if it had been typed, and gives its exit status.
 *
 * @param {string} root working folder
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export function runHere(root, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    // Ctrl-C reaches the child as well; it decides how to stop, and we report what it said.
    const wait = () => {};
    process.on("SIGINT", wait);
    child.on("error", reject);
    child.on("close", (status) => {
      process.off("SIGINT", wait);
      resolve(status === null ? 1 : status);
    });
  });
}

/**
 * Runs npm: the one that started us, else the one on the PATH.
 *
 * @param {string} root working folder
 * @param {string[]} args
 * @param {{ quiet?: boolean }} [options]
 */
export function runNpm(root, args, options = {}) {
  const program = process.env.npm_execpath;
  if (program !== undefined && /npm-cli\.[cm]?js$/.test(program)) {
    return run(root, process.execPath, [program, ...args], options);
  }
  // On Windows npm is a command file, which only a shell can start.
  return run(root, "npm", args, { ...options, shell: process.platform === "win32" });
}
