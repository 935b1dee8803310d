// A real Roster for a journey: the built binary with a database, a key and a port of its own, and a real SMTP
// server that keeps what it is sent.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const binary = resolve(import.meta.dirname, "../../bin/roster");

/** Somebody of the sample data, as `demo --print-secrets --json` prints them. */
export interface Login {
  email: string;
  password: string;
  /** The admin role; customers have none. */
  role?: string;
  /** The seed of the authenticator app in base32, where there is one. */
  totp?: string;
  /** To the security question, where there is one. */
  answer?: string;
}

export interface Roster {
  url: string;
  /** What the server has printed so far. */
  printed(): string;
  /** Runs a command of the binary on this instance's database and returns what it printed. */
  command(...args: string[]): string;
  /**
   * Resolves with the next mail to this address that was not taken yet; rejects after 20 seconds. Notices of a sign-in
   * with an unknown device are left out, for nearly every journey causes one; `about` asks for the mail of that subject.
   */
  mail(to: string, about?: string): Promise<ParsedMail>;
  stop(): Promise<void>;
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

const templates = resolve(import.meta.dirname, "../../internal/mail/templates");
const newDevice = readdirSync(templates, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("new_sign_in.txt"))
  .map((file) => readFileSync(join(templates, file), "utf8").split("\n")[0] ?? "");

interface Wanted {
  to: string;
  about?: string;
}

const wanted = ({ to, about }: Wanted, mail: ParsedMail) =>
  addresses(mail).includes(to) && (about ? mail.subject === about : !newDevice.includes(mail.subject ?? ""));

class Mailbox {
  private readonly kept: ParsedMail[] = [];
  private readonly waiting: (Wanted & { take: (mail: ParsedMail) => void })[] = [];
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        this.deliver(mail);
        done();
      }, done);
    },
  });

  async listen(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server.server, "listening");
    return (this.server.server.address() as AddressInfo).port;
  }

  private deliver(mail: ParsedMail) {
    const i = this.waiting.findIndex((one) => wanted(one, mail));
    if (i < 0) {
      this.kept.push(mail);
      return;
    }
    this.waiting.splice(i, 1)[0]?.take(mail);
  }

  next(who: string, about: string | undefined, log: () => string): Promise<ParsedMail> {
    const to = who.toLowerCase();
    const i = this.kept.findIndex((mail) => wanted({ to, about }, mail));
    if (i >= 0) {
      return Promise.resolve(this.kept.splice(i, 1)[0] as ParsedMail);
    }
    return new Promise((take, fail) => {
      const timer = setTimeout(() => fail(new Error(`no mail to ${to} within 20 seconds:\n${log()}`)), 20_000);
      this.waiting.push({
        to,
        about,
        take: (mail) => {
          clearTimeout(timer);
          take(mail);
        },
      });
    });
  }

  async close() {
    await new Promise<void>((done) => this.server.close(done));
  }
}

function addresses(mail: ParsedMail): string[] {
  const fields = Array.isArray(mail.to) ? mail.to : mail.to ? [mail.to] : [];
  return fields.flatMap((field) => field.value.map((v) => v.address?.toLowerCase() ?? ""));
}

async function answers(url: string, server: ChildProcess, log: () => string) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (server.exitCode !== null) {
      throw new Error(`roster ended with ${server.exitCode}:\n${log()}`);
    }
    try {
      if ((await fetch(`${url}/readyz`)).ok) {
        return;
      }
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new Error(`roster does not answer:\n${log()}`, { cause });
      }
    }
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Starts Roster with sample data, and says who can sign in. */
export async function startWithSample(
  users: number,
  accounts: number,
  environment: Record<string, string> = {},
): Promise<{ roster: Roster; logins: Login[] }> {
  let logins: Login[] = [];
  const roster = await startRoster((command) => {
    logins = JSON.parse(
      command("demo", "--users", `${users}`, "--accounts", `${accounts}`, "--seed", "1", "--print-secrets", "--json"),
    );
  }, environment);
  return { roster, logins };
}

/** Starts Roster. `prepare` fills the database before the server opens it; without it, nobody has set it up yet. */
export async function startRoster(
  prepare: (command: Roster["command"]) => void = () => {},
  environment: Record<string, string> = {},
): Promise<Roster> {
  const folder = mkdtempSync(join(tmpdir(), "roster-e2e-"));
  const store = ["--db", join(folder, "roster.db"), "--key-file", join(folder, "roster.key")];
  const command = (...args: string[]) => execFileSync(binary, [...args, ...store], { encoding: "utf8" });
  prepare(command);
  const mailbox = new Mailbox();
  const smtp = await mailbox.listen();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  let log = "";
  const server = spawn(
    binary,
    [
      "serve",
      ...store,
      ...["--listen", `127.0.0.1:${port}`, "--base-url", url, "--drain", "0s"],
      ...["--smtp", `smtp://127.0.0.1:${smtp}?tls=none`, "--mail-from", "Roster <roster@roster.example>"],
    ],
    { env: { ...process.env, ...environment } },
  );
  const keep = (chunk: Buffer) => {
    log += chunk.toString();
  };
  server.stdout.on("data", keep);
  server.stderr.on("data", keep);
  await answers(url, server, () => log);
  return {
    url,
    printed: () => log,
    command,
    mail: (to, about) => mailbox.next(to, about, () => log),
    stop: async () => {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      await mailbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
