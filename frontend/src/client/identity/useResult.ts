import { useEffect, useState } from "react";
import type { VerificationStatus } from "../../gen/graphql";
import { forgetLeaving, leftWith } from "./left";

// In milliseconds; a quarter of a minute in all. Nobody asks for longer: a page that was left must not keep its session
// alive (security.md #18), and a mail follows anyway.
const pauses = [1000, 2000, 4000, 8000];

interface Proof {
  status: VerificationStatus;
  version: number;
}

/** After the return from a service's page: asks a few times for the result, and tells whether it is still to come. */
export function useResult({ status, version }: Proof, ask: () => void): { awaited: boolean; asking: boolean } {
  const [left, setLeft] = useState(leftWith);
  const [over, setOver] = useState(false);
  const awaited = left !== undefined && (version <= left || status === "SUBMITTED");
  useEffect(() => {
    // The browser may have kept the page as it was when the user left, and shows it again as if nothing had been.
    const back = ({ persisted }: PageTransitionEvent) => persisted && setLeft(leftWith());
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);
  useEffect(() => {
    if (left !== undefined && !awaited) forgetLeaving();
  }, [left, awaited]);
  useEffect(() => {
    if (!awaited) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = ([pause, ...later]: readonly number[]) => {
      if (pause === undefined) return setOver(true);
      timer = setTimeout(() => {
        ask();
        wait(later);
      }, pause);
    };
    wait(pauses);
    return () => clearTimeout(timer);
  }, [awaited, ask]);
  return { awaited, asking: awaited && !over };
}
