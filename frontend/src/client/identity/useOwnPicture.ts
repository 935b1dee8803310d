import { useEffect, useState } from "react";
import { ownPicture } from "./pictures";

/** A picture that was sent before and can still be replaced; a reload of the page does not lose it. */
export function useOwnPicture(name: string | undefined): Blob | undefined {
  const [found, setFound] = useState<{ name: string; picture?: Blob }>();
  useEffect(() => {
    if (!name) return;
    const end = new AbortController();
    ownPicture(name, end.signal).then(
      (picture) => setFound({ name, picture }),
      // It was given up, or the server can't be reached: the picture is kept there all the same.
      () => {},
    );
    return () => end.abort();
  }, [name]);
  return found?.name === name ? found?.picture : undefined;
}
