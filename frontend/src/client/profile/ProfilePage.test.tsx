import { screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Fakes } from "../../lib/test/fakeApi";
import { renderAt } from "../../lib/test/renderAt";

const eve = {
  id: "u1",
  version: 3,
  firstName: "Eve",
  lastName: "Moore",
  name: "Eve Moore",
  email: "eve@example.com",
  emailVerified: true,
  language: "en",
  timeZone: "",
};

const page = (fakes: Fakes = {}): Fakes => ({
  Viewer: () => ({ kind: "USER", permissions: [], user: eve }),
  Installation: () => ({ languages: ["en", "de"], lockedProfile: [] }),
  ...fakes,
});

afterEach(() => localStorage.clear());

test("a saved profile drives the interface at once, whatever was chosen on this device before", async () => {
  const updateProfile = vi.fn((_: unknown) => ({
    user: { ...eve, version: 4, firstName: "Éva", language: "de", timeZone: "Europe/Berlin" },
    userErrors: [],
  }));
  localStorage.setItem("roster.language", "en");
  const { user } = await renderAt("/profile", page({ Mutation: () => ({ updateProfile }) }));
  const first = await screen.findByRole("textbox", { name: "First name" });
  await user.clear(first);
  await user.type(first, "Éva");
  await user.selectOptions(screen.getByRole("combobox", { name: "Language" }), "Deutsch");
  await user.selectOptions(screen.getByRole("combobox", { name: "Time zone" }), "Europe/Berlin");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("heading", { name: "Ihr Profil" })).toBeVisible();
  expect(document.documentElement.lang).toBe("de");
  expect(updateProfile).toHaveBeenCalledExactlyOnceWith({
    input: { version: 3, firstName: "Éva", lastName: "Moore", language: "de", timeZone: "Europe/Berlin" },
  });
});

test("locked fields are shown and can't be changed", async () => {
  await renderAt(
    "/profile",
    page({ Installation: () => ({ languages: ["en", "de"], lockedProfile: ["firstName", "email", "timeZone"] }) }),
  );
  expect(await screen.findByRole("textbox", { name: "First name" })).toBeDisabled();
  expect(screen.getByRole("combobox", { name: "Time zone" })).toBeDisabled();
  expect(screen.getByRole("combobox", { name: "Language" })).toBeEnabled();
  expect(screen.queryAllByLabelText("New email address")).toHaveLength(0);
});

test("what was changed elsewhere is shown instead", async () => {
  const { user } = await renderAt(
    "/profile",
    page({
      Mutation: () => ({
        updateProfile: () => ({
          user: null,
          present: { ...eve, version: 5, lastName: "Moore-Berg" },
          userErrors: [{ field: ["version"], code: "CONFLICT", message: "No." }],
        }),
      }),
    }),
  );
  await user.type(await screen.findByRole("textbox", { name: "First name" }), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("changed elsewhere");
  expect(screen.getByRole("textbox", { name: /Last name/ })).toHaveValue("Moore-Berg");
});

test("a new address is asked for with the password, once", async () => {
  const changeEmail = vi.fn((_: unknown) => ({ done: true, userErrors: [] }));
  const confirmIdentity = vi.fn(({ input }: { input: { password: string } }) =>
    input.password === "right"
      ? { sudoUntil: "2026-11-20T08:10:00Z", secondFactorNeeded: false, userErrors: [] }
      : { secondFactorNeeded: false, userErrors: [{ field: ["password"], code: "WRONG", message: "No." }] },
  );
  const { user } = await renderAt("/profile", page({ Mutation: () => ({ changeEmail, confirmIdentity }) }));
  const section = within(await screen.findByRole("region", { name: "Email address" }));
  await user.type(section.getByLabelText("New email address"), "eva@new.example");
  await user.type(section.getByLabelText("Your password"), "wrong");
  await user.click(section.getByRole("button", { name: "Send the link" }));
  await vi.waitFor(() =>
    expect(section.getByLabelText("Your password")).toHaveAccessibleDescription(/not your password/),
  );
  expect(changeEmail).not.toHaveBeenCalled();
  await user.clear(section.getByLabelText("Your password"));
  await user.type(section.getByLabelText("Your password"), "right");
  await user.click(section.getByRole("button", { name: "Send the link" }));
  expect(await section.findByRole("alert")).toHaveTextContent("A mail to eva@new.example says how to go on.");
  expect(changeEmail).toHaveBeenCalledExactlyOnceWith({ input: { newEmail: "eva@new.example", password: "right" } });
});
