// Running servers until one ends or someone says stop.
import { spawn } from "node:child_process";
import { connect } from "node:net";

/**
 * Starts a program with our own output. A signal to us stops it, and we end as it ends. It has a process group of its
 * own: Ctrl-C comes from the terminal and from npm, and the program would take the second one for impatience.
 */
export function serve(program, args) {
  const server = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
  let stopping = false;
  const stop = () => {
    if (!stopping) server.kill("SIGINT");
    stopping = true;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  process.on("exit", stop);
  server.on("error", (error) => console.error(`${program} does not start: ${error.message}`));
  server.on("close", (status) => process.exit(status ?? 1));
}

/** Resolves when something accepts connections on the port of 127.0.0.1. */
export function listening(port) {
  return new Promise((resolve) => {
    const attempt = () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("connect", () => resolve(socket.destroy()));
      socket.on("error", () => setTimeout(attempt, 50));
    };
    attempt();
  });
}
