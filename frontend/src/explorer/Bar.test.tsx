import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { startI18n } from "../lib/i18n";
import { type Fakes, fakeApi } from "../lib/test/fakeApi";
import { Bar } from "./Bar";
import type { Who } from "./identity";
import { Shell } from "./Shell";

const me: Who = {
  installation: { company: "Acme" },
  viewer: {
    kind: "STAFF",
    permissions: ["LIST_USERS"],
    apiToken: null,
    user: { id: "u1", name: "Ada Byron", language: "en", role: { name: "Support" } },
    accounts: { nodes: [] },
  },
};
const secret = `rat_${"a".repeat(43)}`;

function Held({ refused }: { refused: boolean }) {
  const [as, setAs] = useState<"me" | "token">("me");
  const [token, setToken] = useState<{ secret: string; who: Who }>();
  return <Bar me={me} as={as} onAs={setAs} token={token} onToken={setToken} refused={refused} />;
}

/** Shows the bar over an API that takes `secret`; says what was sent. */
async function show(fakes: Fakes, { refused = false } = {}) {
  const sent: Request[] = [];
  const answer = fakeApi(fakes);
  vi.stubGlobal("fetch", async (input: string, init: RequestInit) => {
    const request = new Request(new URL(input, "http://localhost"), init);
    sent.push(request);
    if (request.headers.get("authorization") === `Bearer ${secret}`) return answer(request);
    const errors = [{ message: "This token is not valid.", extensions: { code: "UNAUTHENTICATED" } }];
    return new Response(JSON.stringify({ errors }), { status: 401 });
  });
  await startI18n("en");
  render(
    <Shell>
      <Held refused={refused} />
    </Shell>,
  );
  await screen.findByRole("heading", { name: "API explorer" });
  return { user: userEvent.setup(), sent };
}

const token: Fakes = {
  Viewer: () => ({
    kind: "TOKEN",
    user: null,
    apiToken: { name: "Reporting" },
    permissions: ["LIST_USERS", "EDIT_USERS", "LIST_ACCOUNTS"],
    accounts: () => ({ nodes: [] }),
  }),
};

test("it says who acts, and that the data are real", async () => {
  await show({});
  expect(screen.getByText("Ada Byron")).toBeVisible();
  expect(screen.getByText("Support")).toBeVisible();
  expect(screen.getByText("Live data")).toBeVisible();
});

test("a token is taken once the API takes it, and sent without cookies", async () => {
  const { user, sent } = await show(token);
  await user.click(screen.getByRole("radio", { name: "As a token" }));
  await user.click(screen.getByLabelText("API token"));
  await user.paste(` ${secret}\n`);
  await user.click(screen.getByRole("button", { name: "Use this token" }));
  expect(await screen.findByText("Reporting")).toBeVisible();
  expect(screen.getByText("LIST_USERS, EDIT_USERS +1")).toBeVisible();
  expect(sent.map(({ credentials, headers }) => [credentials, headers.get("authorization")])).toEqual([
    ["omit", `Bearer ${secret}`],
  ]);
  expect(document.body.innerHTML).not.toContain(secret);
  expect(localStorage).toHaveLength(0);
  expect(sessionStorage).toHaveLength(0);
  await user.click(screen.getByRole("radio", { name: "As me" }));
  expect(screen.getByText("Ada Byron")).toBeVisible();
  await user.click(screen.getByRole("radio", { name: "As a token" }));
  await user.click(screen.getByRole("button", { name: "Another token" }));
  expect(screen.getByLabelText("API token")).toHaveValue("");
});

test.each([
  [
    "that is none is not sent",
    "hunter2",
    "This is not a whole API token. It begins with “rat_” and has 47 characters.",
    0,
  ],
  ["that the API refuses is said to be refused", `rat_${"b".repeat(43)}`, /^The API refuses this token/, 1],
])("a token %s", async (_, text, says, requests) => {
  const { user, sent } = await show(token);
  await user.click(screen.getByRole("radio", { name: "As a token" }));
  await user.type(screen.getByLabelText("API token"), `${text}{Enter}`);
  expect(await screen.findByText(says)).toBeVisible();
  expect(screen.getByLabelText("API token")).toBeInvalid();
  expect(sent).toHaveLength(requests);
});

test("a personal token shows in how many accounts it acts", async () => {
  const { user } = await show({
    Viewer: () => ({ kind: "TOKEN", user: null, permissions: [], accounts: () => ({ nodes: [{}, {}] }) }),
  });
  await user.click(screen.getByRole("radio", { name: "As a token" }));
  await user.type(screen.getByLabelText("API token"), `${secret}{Enter}`);
  expect(await screen.findByText(/accounts: 2/)).toBeVisible();
});

test("who was signed out meanwhile is led to the sign-in page and back", async () => {
  await show({}, { refused: true });
  expect(screen.getByRole("alert")).toHaveTextContent("You are signed out.");
  expect(screen.getByRole("link", { name: "Sign in again" })).toHaveAttribute("href", "/sign-in?return_to=%2Fexplorer");
});
