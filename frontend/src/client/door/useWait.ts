import { useEffect, useState } from "react";

/** Counts down the seconds until another try makes sense. */
export function useWait(): [seconds: number, wait: (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(0);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (seconds === 0) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [seconds]);
  return [
    seconds,
    (wanted) => {
      const at = Date.now();
      setNow(at);
      setUntil(at + wanted * 1000);
    },
  ];
}
