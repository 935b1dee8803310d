import { Skeleton } from "@mantine/core";
import type { CombinedError } from "urql";
import { faultOf } from "../../lib/api/fault";
import { ErrorState } from "../../ui/ErrorState";
import { DoorCard } from "./DoorCard";

/** Behind a link while it is asked what it is, or when that could not be asked. */
export function LinkPending({ title, error, onRetry }: { title: string; error?: CombinedError; onRetry: () => void }) {
  return (
    <DoorCard title={title}>
      {error ? (
        <ErrorState fault={faultOf(error)} onRetry={onRetry} />
      ) : (
        <>
          <Skeleton height={36} mb="md" />
          <Skeleton height={36} />
        </>
      )}
    </DoorCard>
  );
}
