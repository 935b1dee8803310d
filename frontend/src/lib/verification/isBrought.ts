import type { VerificationActor } from "../../gen/graphql";

/** Who decides about proofs of identity here. */
const deciders: readonly string[] = ["MANUAL", "STRIPE"];

/** Whether staff recorded a result that was come to elsewhere, before: of such a one only the day is known. */
export const isBrought = ({ by, provider }: { by: VerificationActor; provider: string }) =>
  by === "PROVIDER" && !deciders.includes(provider);
