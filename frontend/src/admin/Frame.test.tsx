import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { refusal } from "../lib/test/fakeApi";
import { nobody, renderAt } from "../lib/test/renderAt";

test("a user without a role is told that the area is for staff", async () => {
  await renderAt("/admin", { Viewer: () => ({ kind: "USER", permissions: [] }) });
  expect(await screen.findByRole("heading", { name: "You can’t open this page" })).toBeVisible();
  expect(screen.getByText("This area is for staff only.")).toBeVisible();
});

test("signed out, the sign-in page remembers the way back", async () => {
  const { path } = await renderAt("/admin", nobody);
  await screen.findByRole("heading", { name: "Sign in" });
  expect(path()).toBe("/sign-in?return_to=%2Fadmin");
});

test.each([true, false])("Manage Users is in the navigation when LIST_USERS is held: %s", async (held) => {
  await renderAt("/admin", {
    Viewer: () => ({ kind: "STAFF", permissions: held ? ["LIST_USERS"] : ["VIEW_MAIL_LOG"] }),
  });
  await screen.findByRole("navigation", { name: "Main navigation" });
  expect(screen.queryAllByRole("link", { name: "Manage Users" })).toHaveLength(held ? 1 : 0);
});

test("the API explorer is for all of staff, and a document of its own", async () => {
  await renderAt("/admin", { Viewer: () => ({ kind: "STAFF", permissions: ["VIEW_MAIL_LOG"] }) });
  expect(await screen.findByRole("link", { name: "API explorer" })).toHaveAttribute("href", "/explorer");
});

test("the command palette opens by its shortcut and does what is chosen", async () => {
  const { user, path } = await renderAt("/admin");
  await screen.findByRole("navigation", { name: "Main navigation" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Commands" }), "your acc{Enter}");
  await screen.findByRole("heading", { name: "Your account" });
  expect(path()).toBe("/account");
});

test("words that are no command find users", async () => {
  const { user, path } = await renderAt("/admin");
  await screen.findByRole("navigation", { name: "Main navigation" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Commands" }), "garc{Enter}");
  await vi.waitFor(() => expect(path()).toBe("/admin/users?q=garc"));
});

test("a session that can't be loaded is said, and tried again", async () => {
  let down = true;
  const { user } = await renderAt("/admin", {
    Query: () => ({
      viewer: () => {
        if (down) throw refusal("TRY_LATER");
        return { kind: "STAFF", permissions: ["LIST_USERS"] };
      },
    }),
  });
  expect(await screen.findByText(/The server is busy/)).toBeVisible();
  down = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByRole("navigation", { name: "Main navigation" });
});
