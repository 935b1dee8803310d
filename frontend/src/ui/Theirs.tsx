import { Button } from "@mantine/core";
import { Children, type ReactNode } from "react";
import { Banner } from "./Banner";

interface Props {
  /** That somebody else was faster. */
  text: string;
  /** What the button says that takes over what they left. */
  take: string;
  onTake: () => void;
  /** What they left, a line each. */
  children: ReactNode;
}

/** What somebody else saved while a form was open; which of the two is right is for the reader to say. */
export function Theirs({ text, take, onTake, children }: Props) {
  return (
    <Banner tone="warn" urgent>
      <p>{text}</p>
      <div style={{ marginBlock: "0.375rem 0.625rem" }}>
        {Children.map(children, (line) => (
          <div>{line}</div>
        ))}
      </div>
      <Button variant="default" size="xs" onClick={onTake}>
        {take}
      </Button>
    </Banner>
  );
}
