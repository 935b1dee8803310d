import { use, useCallback, useState } from "react";
import { SudoContext } from "../session/sudo";
import { useRefreshSession } from "../session/useRefreshSession";
import { type Fault, refusalOf } from "./fault";
import { useToastFault } from "./useToastFault";

type Answer = { file: Blob; name: string } | { fault: Fault };

/**
 * Asks the server for a file and hands it to the browser; resolves with its name, or with nothing when it was refused.
 * As with acts, a fresh proof of identity is asked for where the server wants one, and refusals are shown as a toast.
 */
export function useDownload(
  path: string,
  method: "GET" | "POST" = "POST",
): [run: () => Promise<string | undefined>, running: boolean] {
  const askForProof = use(SudoContext);
  const refresh = useRefreshSession();
  const toast = useToastFault();
  const [running, setRunning] = useState(false);

  const run = useCallback(async () => {
    setRunning(true);
    try {
      let answer = await ask(path, method);
      if ("fault" in answer && answer.fault.code === "SUDO_REQUIRED" && (await askForProof()))
        answer = await ask(path, method);
      if ("file" in answer) {
        save(answer.file, answer.name);
        return answer.name;
      }
      // Closing the dialog is an answer; nobody needs to be told what they just did.
      if (answer.fault.code !== "SUDO_REQUIRED") toast(answer.fault);
      if (answer.fault.code === "UNAUTHENTICATED") await refresh();
    } finally {
      setRunning(false);
    }
  }, [askForProof, method, path, refresh, toast]);
  return [run, running];
}

const asPost = { headers: { "content-type": "application/json" }, body: "{}" };

async function ask(path: string, method: "GET" | "POST"): Promise<Answer> {
  try {
    const response = await fetch(path, { method, credentials: "same-origin", ...(method === "POST" && asPost) });
    if (!response.ok) return { fault: await refusalOf(response) };
    return { file: await response.blob(), name: nameOf(response) };
  } catch {
    return { fault: { code: "OFFLINE" } };
  }
}

const nameOf = (response: Response) =>
  /filename="?([\w.-]+)"?/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "download";

function save(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken the file over once this turn is done.
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
