import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAt } from "../../lib/test/renderAt";

const mail = (kind: string, language: string) => ({
  kind,
  language,
  subject: `${kind} in ${language}`,
  text: `Words of ${kind} in ${language}`,
});

test("each mail is shown as a page in a frame that runs nothing, and as text, in each language", async () => {
  const previews = vi.fn(({ language }: { language: string }) => [mail("RESET", language), mail("VERIFY", language)]);
  const { user, path } = await renderAt("/admin/mail", {
    Viewer: () => ({ kind: "STAFF", permissions: ["CONFIGURE_MAIL"] }),
    Installation: () => ({ languages: ["en", "de"] }),
    Query: () => ({ mailPreviews: previews }),
  });
  const frame = await screen.findByTitle("Preview: RESET in en");
  expect(frame).toHaveAttribute("sandbox", "");
  expect(frame).toHaveAttribute("src", "/admin/mail/en/RESET");
  await user.click(screen.getByRole("link", { name: "VERIFY in en" }));
  await user.click(screen.getByRole("radio", { name: "German" }));
  expect(await screen.findByTitle("Preview: VERIFY in de")).toHaveAttribute("src", "/admin/mail/de/VERIFY");
  expect(path()).toBe("/admin/mail?kind=VERIFY&language=de");
  await user.click(screen.getByRole("radio", { name: "Plain text" }));
  expect(await screen.findByText("Words of VERIFY in de")).toBeVisible();
  expect(screen.queryByTitle(/Preview/)).toBeNull();
});
