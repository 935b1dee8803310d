import { useEffect, useState } from "react";
import { type Hint, look } from "./quality";

/** What may be wrong with a picture; none until it was looked at. */
export function useHints(picture: Blob | undefined): readonly Hint[] {
  const [looked, setLooked] = useState<{ picture: Blob; hints: readonly Hint[] }>();
  useEffect(() => {
    if (!picture) return;
    let over = false;
    void look(picture).then((hints) => {
      if (!over) setLooked({ picture, hints });
    });
    return () => {
      over = true;
    };
  }, [picture]);
  return looked && looked.picture === picture ? looked.hints : [];
}
