// The page of a proof of identity for journeys: its tiles, and the pictures that are put into them.
import type { Page } from "playwright-core";

export const tile = (on: Page, name: string) => on.getByRole("group", { name });
export const received = (on: Page, name: string) =>
  tile(on, name).getByText("Received. You can still replace it.").waitFor();

/** A picture as a camera would take it, of the size and brightness that are wanted. */
export async function drawn(on: Page, { width = 1600, height = 1000, light = 1, blur = 0 } = {}): Promise<Buffer> {
  const text = await on.evaluate(
    async ([width, height, light, blur]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
      context.direction = "ltr";
      context.filter = blur ? `blur(${blur}px)` : "none";
      const shade = (value: number) => `rgb(${value * light} ${value * light} ${(value + 12) * light})`;
      context.fillStyle = shade(205);
      context.fillRect(0, 0, width, height);
      context.fillStyle = shade(120);
      context.fillRect(width * 0.06, height * 0.2, width * 0.26, height * 0.55);
      context.fillStyle = shade(30);
      context.font = `600 ${height / 16}px sans-serif`;
      for (const [i, line] of ["SPECIMEN IDENTITY CARD", "Given name", "Surname", "Born", "Number"].entries()) {
        context.fillText(`${line} ${i ? "— sample text" : ""}`, width * 0.38, height * (0.16 + i * 0.16));
      }
      const blob = await canvas.convertToBlob({ type: "image/png" });
      let bytes = "";
      for (const byte of new Uint8Array(await blob.arrayBuffer())) bytes += String.fromCharCode(byte);
      return btoa(bytes);
    },
    [width, height, light, blur] as const,
  );
  return Buffer.from(text, "base64");
}

export async function choose(on: Page, name: string, buffer: Buffer, file = "card.png", mimeType = "image/png") {
  await tile(on, name).locator("input[type=file]").setInputFiles({ name: file, mimeType, buffer });
}

/** Sends what is needed by file, and hands it over. */
export async function prove(on: Page) {
  for (const name of ["Front of the document", "Selfie"]) {
    await choose(on, name, await drawn(on));
    await received(on, name);
  }
  await on.getByRole("button", { name: "Submit" }).click();
  await on.getByText(/You submitted it on/).waitFor();
}

/** Takes a picture with the camera of the browser. */
export async function photograph(on: Page, name: string, dialog: string) {
  await tile(on, name).getByRole("button", { name: "Use the camera" }).click();
  const camera = on.getByRole("dialog", { name: dialog });
  await camera.getByRole("button", { name: "Take picture" }).click();
  await camera.getByRole("button", { name: "Use picture" }).click();
  await received(on, name);
}
