import type { Client } from "@urql/core";
import { graphql } from "../../gen";
import type { SessionQuery } from "../../gen/graphql";
import { makeClient } from "./client";
import { type Fault, faultOf } from "./fault";

const SessionDocument = graphql(`
  query Session {
    viewer {
      kind
      permissions
      enrolmentNeeded
      twoFactorDueAt
      user {
        id
        number
        name
        email
        emailVerified
        lastLoginAt
        language
        timeZone
        role {
          id
          name
        }
        identityVerification {
          status
        }
      }
    }
    installation {
      company
      version
      setupNeeded
      passwordMinLength
      passkeysAvailable
      languages
      registrationOpen
      lockedProfile
      securityQuestionsOn
    }
  }
`);

/** Who is here, what they may do, and what everybody may know of this installation. */
export type Session = SessionQuery;

/** The session could not be loaded. */
export class SessionFault extends Error {
  constructor(readonly fault: Fault) {
    super(`loading session: ${fault.code}`);
  }
}

/**
 * The API as one person sees it. When another person comes (sign-in, sign-out) the client is thrown away with all
 * that it remembers: nothing of one session can be read in the next.
 */
export class Api {
  private listeners = new Set<() => void>();
  private current: Client;

  constructor(private readonly onSignedOut: () => void) {
    this.current = this.make();
  }

  get client(): Client {
    return this.current;
  }

  /** Starts anew with an empty cache; the next session() asks the server. */
  renew(): void {
    this.current = this.make();
    for (const tell of this.listeners) tell();
  }

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  /** From the cache when it is there. Throws a SessionFault. */
  async session(): Promise<Session> {
    const { data, error } = await this.current.query(SessionDocument, {}).toPromise();
    if (!data) throw new SessionFault(error ? faultOf(error) : { code: "OFFLINE" });
    return data;
  }

  /** Asks the server again who is here and what is so; for acts that change it. */
  async refresh(): Promise<void> {
    await this.current.query(SessionDocument, {}, { requestPolicy: "network-only" }).toPromise();
  }

  private make(): Client {
    const client = makeClient((fault) => {
      // A late answer to a client of the past says nothing about now.
      if (fault.code === "UNAUTHENTICATED" && client === this.current) this.onSignedOut();
    });
    return client;
  }
}
