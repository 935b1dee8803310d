// Shows how a program uses Roster's API: it lists the users without two-factor sign-in as CSV, and invites somebody to an
// account.
//
//     node dist/main.js without-two-factor
//     node dist/main.js invite ACCOUNT-NUMBER EMAIL PERMISSION...
//
// ROSTER_URL says where Roster is, as https://users.example.com, and ROSTER_TOKEN is an API token. The first needs the
// admin permission LIST_USERS; the second LIST_ACCOUNTS and MANAGE_MEMBERSHIPS, or a personal token for the account.
import { randomUUID } from "node:crypto";
import { Client } from "./client.ts";
import { graphql } from "./gen/gql.ts";
import type { AccountPermission } from "./gen/graphql.ts";

const UsersWithoutTwoFactor = graphql(`
  query UsersWithoutTwoFactor($after: String) {
    users(first: 100, after: $after, filter: { twoFactorEnabled: false, state: [ACTIVE] }) {
      nodes { number name email lastLoginAt }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const AccountByNumber = graphql(`
  query AccountByNumber($number: Int!) {
    account(number: $number) { id name }
  }
`);

const Invite = graphql(`
  mutation Invite($input: InviteUserInput!) {
    inviteUser(input: $input) {
      invitation { email expiresAt account { name } }
      userErrors { field message code }
    }
  }
`);

/** Writes a line for each user, a page at a time: nothing is held but the page. */
async function withoutTwoFactor(client: Client) {
  line("number", "name", "email", "last_login");
  let after: string | null | undefined = null;
  do {
    const { users }: Awaited<ReturnType<typeof page>> = await page(client, after);
    for (const { number, name, email, lastLoginAt } of users.nodes) {
      line(`${number}`, name, email, lastLoginAt ?? "");
    }
    after = users.pageInfo.hasNextPage ? users.pageInfo.endCursor : null;
  } while (after);
}

const page = (client: Client, after: string | null | undefined) => client.ask(UsersWithoutTwoFactor, { after });

/** Writes a line of CSV (RFC 4180), and keeps a spreadsheet from taking what a user typed for a formula. */
function line(...cells: string[]) {
  const safe = cells.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text));
  const quoted = safe.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  process.stdout.write(`${quoted.join(",")}\n`);
}

/** Mails an offer to join an account. The key makes it one invitation, however often the request is sent. */
async function invite(client: Client, number: string, email: string, permissions: string[]) {
  const { account } = await client.ask(AccountByNumber, { number: Number(number) });
  if (!account) throw new Error(`there is no account ${number} that the token may see`);
  const input = { accountId: account.id, email, permissions: permissions as AccountPermission[] };
  const { inviteUser } = await client.ask(Invite, { input }, randomUUID());
  const problems = inviteUser?.userErrors ?? [];
  if (problems.length > 0) {
    throw new Error(problems.map(({ field, message, code }) => `${field?.join(".")}: ${message} (${code})`).join("; "));
  }
  const sent = inviteUser?.invitation;
  process.stdout.write(`Invited ${sent?.email} to ${sent?.account.name} until ${sent?.expiresAt}.\n`);
}

async function run([command, ...rest]: string[]) {
  const { ROSTER_URL: url, ROSTER_TOKEN: token } = process.env;
  if (!url || !token) throw new Error("set ROSTER_URL and ROSTER_TOKEN");
  const client = new Client(url, token);
  const [number, email, ...permissions] = rest;
  if (command === "without-two-factor" && rest.length === 0) return withoutTwoFactor(client);
  if (command === "invite" && number && email && permissions.length > 0) {
    return invite(client, number, email, permissions);
  }
  throw new Error("usage: without-two-factor | invite ACCOUNT-NUMBER EMAIL PERMISSION...");
}

run(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`roster-client: ${error.message}\n`);
  process.exitCode = 1;
});
