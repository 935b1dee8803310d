import { vi } from "vitest";

interface Answer {
  status: number;
  body?: unknown;
}

/** A server that takes files by XMLHttpRequest, which jsdom would send for real. Says what was sent where. */
export function fakeUploads(answer: (url: string, file: Blob) => Answer): string[] {
  const sent: string[] = [];
  class FakeRequest extends EventTarget {
    readonly upload = new EventTarget();
    status = 0;
    response: unknown = null;
    responseType = "";
    private url = "";
    open(method: string, url: string) {
      this.url = url;
      sent.push(`${method} ${url}`);
    }
    setRequestHeader() {}
    send(file: Blob) {
      queueMicrotask(() => {
        this.upload.dispatchEvent(new ProgressEvent("progress", { loaded: file.size, total: file.size }));
        const { status, body = null } = answer(this.url, file);
        this.status = status;
        this.response = body;
        this.dispatchEvent(new Event(status ? "load" : "error"));
      });
    }
  }
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
  return sent;
}
