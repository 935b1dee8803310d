import { useCallback, useEffect, useState } from "react";
import { type Fault, refusalOf } from "../../lib/api/fault";

/** A file as it is shown: on its way, refused, or there under an address of the browser's own. */
export interface Look {
  url?: string;
  fault?: Fault;
  again: () => void;
}

/**
 * Fetches a submitted file once, when it is `wanted`: each look is recorded. What was fetched is forgotten with the page.
 */
export function useLook(name: string, wanted: boolean): Look {
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<Omit<Look, "again">>({});

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try starts anew
  useEffect(() => {
    if (!wanted) return;
    const left = new AbortController();
    let url: string | undefined;
    setState({});
    void fetchFile(name, left.signal).then((answer) => {
      if (left.signal.aborted) return;
      if ("file" in answer) url = URL.createObjectURL(answer.file);
      setState("fault" in answer ? answer : { url });
    });
    return () => {
      left.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [name, wanted, tries]);
  return { ...state, again: useCallback(() => setTries((n) => n + 1), []) };
}

async function fetchFile(name: string, signal: AbortSignal): Promise<{ file: Blob } | { fault: Fault }> {
  try {
    const response = await fetch(`/verification-files/${encodeURIComponent(name)}`, {
      credentials: "same-origin",
      signal,
    });
    return response.ok ? { file: await response.blob() } : { fault: await refusalOf(response) };
  } catch {
    return { fault: { code: "OFFLINE" } };
  }
}
